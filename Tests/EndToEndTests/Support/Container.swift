import Glibc
import SandboxCore
import SandboxTestKit

/// A container of `runc` with what an engine takes away by default: all but a list of system calls, and, as the restricted
/// Pod Security Standard wants it, root, all capabilities, and any way to get them back.
struct Container {
  static let runc = "/usr/sbin/runc"
  /// The list that Docker and Podman share.
  static let profile = "/usr/share/containers/seccomp.json"
  static let isInstalled = Installed.has(runc) && access(profile, R_OK) == 0
  static let user: uid_t = 65_534

  let session: Session
  private let bundle: String
  private let id: String

  /// The session's folder is the only one that can be written; the program lies where an image has it.
  init(_ session: Session) throws {
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
    try folder.write("bundle/config.json", Self.configuration(variables, folder).text(.pretty))
    for path in [folder.path] + folder.files().map({ "\(folder.path)/\($0)" }) + ["\(folder.path)/state"] {
      _ = chown(path, Self.user, Self.user)
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
  private static func configuration(_ variables: [String: String], _ folder: Folder) throws -> JSONValue {
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
    return [
      "ociVersion": "1.0.2", "root": ["path": "root", "readonly": true], "mounts": .array(mounts),
      "process": [
        "args": ["/program/sandbox-entry"], "cwd": .string(folder.path), "noNewPrivileges": true,
        "env": .array(variables.map { .string("\($0.key)=\($0.value)") }),
        "user": ["uid": .int(Int64(user)), "gid": .int(Int64(user))],
        "capabilities": ["bounding": [], "effective": [], "permitted": [], "ambient": []],
      ],
      "linux": [
        "namespaces": .array(["pid", "ipc", "uts", "mount"].map { ["type": .string($0)] }), "seccomp": try filter(),
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

  /// The profile's rules for this processor and for a container without capabilities.
  private static func filter() throws -> JSONValue {
    let profile = try JSONValue(parsing: LaunchedSession.text(profile))
    let rules = (profile["syscalls"]?.arrayValue ?? []).filter { rule in
      let (only, except) = (rule["includes"], rule["excludes"])
      if only?["caps"]?.arrayValue?.isEmpty == false { return false }
      if let list = only?["arches"]?.arrayValue, !list.isEmpty, !list.contains(architecture) { return false }
      return except?["arches"]?.arrayValue?.contains(architecture) != true
    }.map { rule in
      JSONValue.object(
        JSONObject(
          ["names", "action", "args", "errnoRet"].compactMap { key in
            rule[key].flatMap { $0.isNull || $0.arrayValue?.isEmpty == true ? nil : (key, $0) }
          }))
    }
    var filter: JSONObject = ["syscalls": .array(rules)]
    for key in ["defaultAction", "defaultErrnoRet"] { filter[key] = profile[key] }
    return .object(filter)
  }
}
