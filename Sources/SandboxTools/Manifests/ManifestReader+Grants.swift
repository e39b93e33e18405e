import SandboxCore
import SandboxIO

/// What a program is granted: files, network, resources.
extension ManifestReader {
  static let grantFields: Set<String> = ["reads", "writes", "network", "limits", "executesWritten"]

  /// - Parameter standard: what holds where the manifest says nothing.
  mutating func readGrants(_ id: ToolID, _ standard: ToolGrants = .none) -> ToolGrants {
    ToolGrants(
      reads: readPaths("reads"), writes: readPaths("writes"), network: readNetwork(id),
      executesWritten: flag(["executesWritten"], default: false), limits: readLimits(standard.limits))
  }

  mutating func noteGrantsWithoutProgram() {
    for field in Self.grantFields.sorted() where value([field]) != nil {
      warning([field], "has no effect: only a program of this machine can be granted anything")
    }
  }

  // MARK: - Files

  private mutating func readPaths(_ field: String) -> [String] {
    let paths = strings([field], atMost: 100)
    for (index, path) in paths.enumerated() {
      let place = [field, String(index)]
      let shown = JSONValue.string(path).briefText
      if path.utf8.contains(0) || path.utf8.count > 4000 {
        problem(place, "must be a path of up to 4000 bytes without NUL characters")
      } else if path.split(separator: "/").contains("..") {
        problem(place, "\(shown) must not lead upwards by \"..\"")
      } else if path.hasPrefix("/"), !grants.allows(path) {
        problem(
          place,
          "\(shown) is outside the workspace; AGENT_TOOL_PATHS must name it, or a folder above it, before a manifest "
            + "can have it")
      }
    }
    return paths
  }

  // MARK: - Network

  private mutating func readNetwork(_ id: ToolID) -> ToolGrants.Network {
    guard let value = value(["network"]) else { return .none }
    if let hosts = value.arrayValue { return readHosts(hosts) }
    switch value.stringValue {
    case "none": return .none
    case "full":
      if !grants.allowsNetwork(id) {
        problem(
          ["network"],
          "the whole network is the owner's to grant: AGENT_TOOL_NETWORK must name \(id); or list the hosts here")
      }
      return .full
    default:
      problem(["network"], "must be \"none\", \"full\" or a list of hosts, not \(value.briefText)")
      return .none
    }
  }

  private mutating func readHosts(_ hosts: [JSONValue]) -> ToolGrants.Network {
    if hosts.isEmpty { problem(["network"], "lists no host; write \"none\"") }
    if hosts.count > 100 { problem(["network"], "must not list more than 100 hosts") }
    for (index, host) in hosts.prefix(100).enumerated() {
      let place = ["network", String(index)]
      guard let text = host.stringValue else {
        problem(place, "must be a host, not \(host.typeName)")
        continue
      }
      do throws(SandboxError) { _ = try EgressRule(text) } catch { problem(place, error.message) }
    }
    return .hosts(hosts.compactMap(\.stringValue))
  }

  // MARK: - Resources

  private mutating func readLimits(_ standard: ResourceLimits) -> ResourceLimits {
    guard object(["limits"], "an object of limits") != nil else { return standard }
    note(
      in: ["limits"],
      known: [
        "cpuSeconds", "memoryMiB", "processes", "openFiles", "fileMiB", "diskMiB", "diskFiles", "addressSpaceMiB",
      ])
    func bytes(_ mebibytes: Int?) -> Int? { mebibytes.map { $0 << 20 } }
    return ResourceLimits(
      cpuSeconds: integer(["limits", "cpuSeconds"], in: 1...86_400) ?? standard.cpuSeconds,
      fileBytes: bytes(integer(["limits", "fileMiB"], in: 1...1_048_576)) ?? standard.fileBytes,
      openFiles: integer(["limits", "openFiles"], in: 16...65_536) ?? standard.openFiles,
      processes: integer(["limits", "processes"], in: 1...32_768) ?? standard.processes,
      memoryBytes: bytes(integer(["limits", "memoryMiB"], in: 1...1_048_576)) ?? standard.memoryBytes,
      addressSpaceBytes: bytes(integer(["limits", "addressSpaceMiB"], in: 16...1_048_576)) ?? 0,
      diskBytes: bytes(integer(["limits", "diskMiB"], in: 1...1_048_576)) ?? standard.diskBytes,
      diskFiles: integer(["limits", "diskFiles"], in: 1...10_000_000) ?? standard.diskFiles)
  }
}
