import Glibc
import SandboxCore
import SandboxTestKit

/// A container of `runc` with what an engine takes away: all but a list of system calls, and most of root's rights.
struct Container {
  static let runc = "/usr/sbin/runc"
  /// Podman's list, which Docker's has come from.
  static let profile = "/usr/share/containers/seccomp.json"
  static let isInstalled = Installed.has(runc) && access(profile, R_OK) == 0

  /// What is taken away.
  enum Rights: Sendable, CaseIterable {
    /// As the restricted Pod Security Standard wants it: root, all capabilities, and any way to get them back.
    case restricted
    /// Podman's default for root.
    case podman
    /// Docker's default: no mounts and no namespaces either.
    case docker

    var user: uid_t { self == .restricted ? 65_534 : 0 }
  }

  let session: Session
  private let bundle: String
  private let id: String

  /// The session's folder is the only one that can be written; the program lies where an image has it.
  init(_ session: Session, _ rights: Rights = .restricted) throws {
    let folder = session.folder
    self.session = session
    bundle = "\(folder.path)/bundle"
    id = folder.path.split(separator: "/").last.map(String.init) ?? "session"
    folder.makeFolder("bundle/root")
    chmod("\(folder.path)/bundle/root", 0o755)
    // The session's own, before the folder is given away.
    folder.makeFolder("state")
    var variables = session.environment
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    try folder.write("bundle/config.json", Self.configuration(variables, folder, rights).text(.pretty))
    for path in [folder.path] + folder.files().map({ "\(folder.path)/\($0)" }) + ["\(folder.path)/state"] {
      _ = chown(path, rights.user, rights.user)
    }
  }

  private var state: String { "\(session.folder.path)/runc" }

  var line: String { "exec \(Self.runc) --root '\(state)' run --bundle '\(bundle)' \(id)" }

  /// As an engine stops it: to process 1.
  func send(_ signal: String) async throws { _ = try await command(["kill", id, signal]) }

  /// Whatever became of it, it is gone.
  func remove() async throws { _ = try await command(["delete", "--force", id]) }

  private func command(_ arguments: [String]) async throws -> Int32 {
    session.folder.makeFolder("control")
    return try await LaunchedSession(
      executable: Self.runc, arguments: ["--root", state] + arguments, environment: [:],
      folder: "\(session.folder.path)/control"
    ).wait()
  }
}

extension Container {
  private static func configuration(
    _ variables: [String: String], _ folder: Folder, _ rights: Rights
  ) throws -> JSONValue {
    let program = Program.path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    let folders: [String] = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/opt"]
    let system = folders.filter { path in access(path, F_OK) == 0 }
    var mounts: [JSONValue] = [
      mount("/proc", "proc", "proc", []), mount("/dev", "tmpfs", "tmpfs", ["nosuid", "mode=755"]),
    ]
    mounts += (system + [Program.manifests]).map { mount($0, "bind", $0, ["rbind", "ro"]) }
    mounts += [
      mount("/program", "bind", program, ["rbind", "ro"]), mount(folder.path, "bind", folder.path, ["rbind"]),
    ]
    let capabilities = JSONValue.array(rights == .restricted ? [] : engineCapabilities.map { .string($0) })
    return [
      "ociVersion": "1.0.2", "root": ["path": "root", "readonly": true], "mounts": .array(mounts),
      "process": [
        "args": ["/program/sandbox-entry"], "cwd": .string(folder.path),
        "noNewPrivileges": .bool(rights == .restricted),
        "env": .array(variables.map { .string("\($0.key)=\($0.value)") }),
        "user": ["uid": .int(Int64(rights.user)), "gid": .int(Int64(rights.user))],
        "capabilities": ["bounding": capabilities, "effective": capabilities, "permitted": capabilities],
      ],
      "linux": [
        "namespaces": .array(["pid", "ipc", "uts", "mount"].map { ["type": .string($0)] }),
        "seccomp": try filter(rights),
        "maskedPaths": ["/proc/kcore", "/proc/keys"], "readonlyPaths": ["/proc/sys", "/proc/bus", "/proc/fs"],
      ],
    ]
  }

  private static func mount(_ at: String, _ type: String, _ source: String, _ options: [JSONValue]) -> JSONValue {
    ["destination": .string(at), "type": .string(type), "source": .string(source), "options": .array(options)]
  }

  #if arch(arm64)
    private static let architecture: JSONValue = "arm64"
  #else
    private static let architecture: JSONValue = "amd64"
  #endif

  /// Docker's, and Podman's but for a few.
  private static let engineCapabilities = [
    "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
    "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
  ].map { "CAP_\($0)" }

  /// What Docker's list has only for `CAP_SYS_ADMIN`.
  private static let administration: Set<String> = [
    "mount", "umount", "umount2", "unshare", "setns", "pivot_root", "open_tree", "move_mount", "fsopen", "fsconfig",
    "fsmount", "fspick", "mount_setattr", "setdomainname", "sethostname",
  ]

  /// `clone` and `clone3` as Docker's list has them: the one without flags of namespaces, the other not at all, because its
  /// flags cannot be seen.
  private static let clones: [JSONValue] = [
    [
      "names": ["clone"], "action": "SCMP_ACT_ALLOW",
      "args": [["index": 0, "value": 0x7e02_0000, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"]],
    ],
    ["names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38],
  ]

  /// The profile's rules for this processor and these rights.
  private static func filter(_ rights: Rights) throws -> JSONValue {
    let capabilities = rights == .restricted ? [] : engineCapabilities
    let withheld = rights == .docker ? administration.union(["clone", "clone3"]) : []
    let profile = try JSONValue(parsing: LaunchedSession.text(profile))
    let rules = (profile["syscalls"]?.arrayValue ?? []).filter { rule in
      let (only, except) = (rule["includes"], rule["excludes"])
      func has(_ list: JSONValue?) -> Bool {
        list?.arrayValue?.contains { capabilities.contains($0.stringValue ?? "") } ?? false
      }
      if let list = only?["caps"]?.arrayValue, !list.isEmpty, !has(only?["caps"]) { return false }
      if has(except?["caps"]) { return false }
      if let list = only?["arches"]?.arrayValue, !list.isEmpty, !list.contains(architecture) { return false }
      return except?["arches"]?.arrayValue?.contains(architecture) != true
    }.map { rule in
      JSONValue.object(
        JSONObject(
          ["names", "action", "args", "errnoRet"].compactMap { key in
            rule[key].flatMap { $0.isNull || $0.arrayValue?.isEmpty == true ? nil : (key, $0) }
          }.map { key, value in
            guard key == "names", let names = value.arrayValue else { return (key, value) }
            return (key, .array(names.filter { !withheld.contains($0.stringValue ?? "") }))
          }))
    }.filter { $0["names"]?.arrayValue?.isEmpty == false }
    var filter: JSONObject = ["syscalls": .array(rules + (rights == .docker ? clones : []))]
    for key in ["defaultAction", "defaultErrnoRet"] { filter[key] = profile[key] }
    return .object(filter)
  }
}
