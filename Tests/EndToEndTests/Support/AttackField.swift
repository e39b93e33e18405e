import Glibc
import SandboxCore
import SandboxTestKit

/// What an attacker finds around it: files that are not its own, sockets that listen, and a session that it is a tool of.
final class AttackField {
  private let folder: Folder
  private let user: AttackTests.User
  private let executables: String
  private var sockets: [Int32] = []
  private var arguments: [String] = []

  private static let nobody: uid_t = 65_534

  init(in folder: Folder, user: AttackTests.User) throws {
    self.folder = folder
    self.user = user
    chmod(folder.path, 0o755)
    executables = "\(folder.path)/bin"
    folder.makeFolder("bin")
    chmod(executables, 0o755)
    try prepareFiles()
    try prepareSockets()
  }

  deinit { for socket in sockets { close(socket) } }

  /// Runs the session, and gives what the attacker found and what the session says of its isolation.
  ///
  /// - Parameter network: what the manifest asks for.
  func attack(
    without mechanism: String = "", network: JSONValue = "none"
  ) async throws -> (AttackTests.Verdicts, isolation: JSONValue) {
    let process = Box<LaunchedSession?>(nil)
    let model = ScriptedModelServer { request in
      guard request.number == 0 else { return .text("done") }
      // The processes to attack are known by now.
      _ = try? await eventually { process.value?.runtime != nil }
      let pids = process.value.map { ($0.pid, $0.runtime ?? 0) } ?? (0, 0)
      return .call("attack", ["guard": .string("guard=\(pids.0)"), "runtime": .string("runtime=\(pids.1)")])
    }
    return try await model.run { url in
      var session = Session(
        in: folder,
        environment: [
          "USER_REQUEST": "Attack.", "AGENT_MODEL": "openai/gpt-4o", "OPENAI_BASE_URL": url,
          "OPENAI_API_KEY": "sk-test",
          "AGENT_MANIFESTS": try folder.write("manifests.json", manifest(network).text(.pretty)),
          "AGENT_TOOL_PATHS": executables,
        ])
      if !mechanism.isEmpty { session.environment["AGENT_ISOLATION_WITHOUT"] = mechanism }
      own(folder.path)
      own("\(folder.path)/manifests.json")
      let launch: (String, [String]) =
        user == .own
        ? ("\(executables)/sandbox-entry", [])
        : (
          "/usr/bin/setpriv",
          [
            "--reuid", "\(Self.nobody)", "--regid", "\(Self.nobody)", "--clear-groups", "\(executables)/sandbox-entry",
          ]
        )
      let code = try await Session.inTurn {
        let started = try LaunchedSession(
          executable: launch.0, arguments: launch.1, environment: session.environment, folder: folder.path)
        process.value = started
        return try await started.wait()
      }
      guard code == 0, let told = model.requests.dropFirst().first?.last("tool") else {
        throw SandboxError(.internalError, "exit code \(code): \(process.value?.standardError ?? "")")
      }
      return (Self.read(told), session.status["isolation"] ?? .null)
    }
  }

  private static func read(_ text: String) -> AttackTests.Verdicts {
    var verdicts = AttackTests.Verdicts()
    for line in text.split(separator: "\n") {
      guard let found = try? JSONValue(parsing: String(line)), let name = found["name"]?.stringValue,
        let area = found["area"]?.stringValue
      else { continue }
      verdicts.count += 1
      switch found["result"]?.stringValue {
      case "allowed": verdicts.allowed[area, default: []].insert(name)
      case "denied": break
      default: verdicts.skipped.insert(name)
      }
    }
    return verdicts
  }

  private func manifest(_ network: JSONValue) -> JSONValue {
    let script = "\(folder.path)/attack.sh"
    let fixed = arguments.map { JSONValue.string($0) }
    let pid: JSONValue = ["type": "string", "pattern": "^[a-z]+=[0-9]+$"]
    return [
      "id": "attack", "type": "command", "metadata": ["category": "execution"], "reads": [.string(executables)],
      "network": network,
      "schema": [
        "description": "Attacks.",
        "parameters": ["type": "object", "properties": ["guard": pid, "runtime": pid]],
      ],
      "command": ["argv": .array(["/bin/sh", .string(script), "{guard}", "{runtime}"] + fixed)],
    ]
  }

  // MARK: - Surroundings

  private func own(_ path: String) {
    if user == .nobody { chown(path, Self.nobody, Self.nobody) }
  }

  private func prepareFiles() throws {
    let built = Program.path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    for name in ["sandbox-entry", "sandbox-runtime", "attack-suite"] {
      // Another user may not get to where they were built.
      try copy("\(built)/\(name)", to: "\(executables)/\(name)")
    }
    for (name, key) in [("outside", "outside"), ("own-state", "state"), ("other-call", "othercall")] {
      folder.makeFolder(name)
      chmod("\(folder.path)/\(name)", 0o755)
      own("\(folder.path)/\(name)")
      arguments.append("\(key)=\(folder.path)/\(name)")
    }
    folder.makeFolder("outside/subdir")
    own("\(folder.path)/outside/subdir")
    for (name, text) in [
      ("outside/secret.txt", "canary"), ("outside/truncate.txt", "keep me\n"),
      ("outside/hardlink-target.txt", "link me\n"),
      ("outside/exec.sh", "#!/bin/sh\nexit 0\n"), ("own-state/journal.db", "journal"),
      ("other-call/secret.txt", "canary"),
      ("attack.sh", "cd \"$HOME\"; exec \(executables)/attack-suite home=\"$HOME\" \"$@\"\n"),
    ] {
      let path = try folder.write(name, text)
      chmod(path, name.hasSuffix(".sh") ? 0o755 : 0o644)
      own(path)
    }
  }

  private func copy(_ source: String, to target: String) throws {
    let from = open(source, O_RDONLY | O_CLOEXEC)
    let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o755)
    defer { for file in [from, to] where file >= 0 { close(file) } }
    var count = 1
    while count > 0 { count = sendfile(to, from, nil, 1 << 30) }
    guard count == 0, fchmod(to, 0o755) == 0 else { throw SandboxError(.io, "cannot copy \(source): \(errno)") }
  }

  private func prepareSockets() throws {
    let name = "attack-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    try listen(local("\(folder.path)/outside/outside.sock"), SOCK_STREAM)
    try listen(local("\(folder.path)/outside/datagram.sock"), SOCK_DGRAM)
    try listen(local("\0\(name)"), SOCK_STREAM)
    try listen(local("\0\(name)-d"), SOCK_DGRAM)
    for socket in ["outside.sock", "datagram.sock"] { chmod("\(folder.path)/outside/\(socket)", 0o777) }
    arguments += [
      "unixdgram=\(folder.path)/outside/datagram.sock", "abstract=\(name)", "abstractdgram=\(name)-d",
      "port=\(try internet(SOCK_STREAM))", "udpport=\(try internet(SOCK_DGRAM))",
    ]
  }

  private func local(_ path: String) -> (sockaddr_un, socklen_t) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    // An abstract name is as long as the address says.
    return (address, socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (bytes.first == 0 ? 0 : 1)))
  }

  private func listen(_ address: (sockaddr_un, socklen_t), _ type: __socket_type) throws {
    let number = socket(AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    sockets.append(number)
    let isBound = withUnsafePointer(to: address.0) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, address.1) == 0 }
    }
    guard isBound else { throw SandboxError(.io, "cannot bind a local socket: \(errno)") }
    if type == SOCK_STREAM { Glibc.listen(number, 128) }
  }

  private func internet(_ type: __socket_type) throws -> Int {
    let number = socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    sockets.append(number)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
      }
    }
    guard isBound else { throw SandboxError(.io, "cannot bind a socket: \(errno)") }
    if type == SOCK_STREAM { Glibc.listen(number, 128) }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
