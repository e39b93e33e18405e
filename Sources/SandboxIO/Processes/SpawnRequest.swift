internal import CSandbox
internal import Glibc
import SandboxCore

/// What an init is told about its child: a header, then the strings, each ended by NUL.
struct SpawnRequest {
  let bytes: [UInt8]

  init(_ spec: ProcessSpec) {
    let confinement = spec.confinement
    let limits = confinement.limits
    var strings: [UInt8] = []
    func append(_ text: String) {
      strings += Array(text.utf8)
      strings.append(0)
    }
    append(spec.executable)
    append(spec.workingDirectory)
    for argument in spec.argv { append(argument) }
    for (name, value) in spec.environment { append("\(name)=\(value)") }
    for rule in confinement.files { append(rule.text) }

    var header = csb_request()
    header.size = UInt32(clamping: MemoryLayout<csb_request>.size + strings.count)
    header.argc = UInt32(spec.argv.count)
    header.envc = UInt32(spec.environment.count)
    header.rulec = UInt32(confinement.files.count)
    header.layers = confinement.wireLayers
    header.landlock_abi = UInt32(confinement.landlockVersion)
    switch confinement.network {
    case .none: header.network = CSB_NETWORK_NONE.rawValue
    case .full: header.network = CSB_NETWORK_FULL.rawValue
    case .proxy(let port):
      header.network = CSB_NETWORK_PROXY.rawValue
      header.proxy_port = UInt32(port)
    }
    header.timeout_ms = spec.timeout.map { max(0, $0.milliseconds) } ?? -1
    header.grace_ms = max(0, spec.terminationGrace.milliseconds)
    header.sweep_ms = 1_000
    header.cpu_seconds = UInt64(clamping: limits.cpuSeconds)
    header.file_bytes = UInt64(clamping: limits.fileBytes)
    header.open_files = UInt64(clamping: limits.openFiles)
    header.processes = UInt64(clamping: limits.processes)
    header.memory_bytes = UInt64(clamping: limits.memoryBytes)
    header.address_space_bytes = UInt64(clamping: limits.addressSpaceBytes)
    header.runtime_pid = getpid()
    bytes = withUnsafeBytes(of: header) { Array($0) } + strings
  }
}

extension Confinement {
  /// The layers, and what else the guard has to know of a program before its request comes.
  var wireLayers: UInt32 {
    let isLimited = limits.memoryBytes > 0 || limits.processes > 0
    return layers.rawValue | (readsSystem ? UInt32(CSB_SYSTEM_FILES) : 0) | (isLimited ? UInt32(CSB_LIMITED) : 0)
  }
}
