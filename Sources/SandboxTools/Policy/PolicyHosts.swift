import SandboxCore
import SandboxIO

/// The hosts that a call goes to, as far as its tool's definition and its arguments tell: strings named `url` or `uri`,
/// and lists of them, at any depth.
struct PolicyHosts {
  private(set) var names: [String] = []
  /// Whether there is a URL of which it is not certain where it leads.
  private(set) var hasUnreadable = false

  private static let maximumNames = 1_000

  init(of tool: ToolDefinition, _ arguments: JSONValue) {
    for url in tool.hosts { add(url) }
    addURLs(in: arguments, isURL: false)
  }

  private mutating func addURLs(in value: JSONValue, isURL: Bool) {
    switch value {
    case .string(let text): if isURL { add(text) }
    case .array(let elements): for element in elements { addURLs(in: element, isURL: isURL) }
    case .object(let members): for (key, value) in members { addURLs(in: value, isURL: Self.namesURL(key)) }
    case .null, .bool, .int, .double, .decimal: break
    }
  }

  private mutating func add(_ text: String) {
    guard names.count < Self.maximumNames, let url = try? HTTPURL(Self.withoutPath(text)),
      let host = Self.canonical(url.host)
    else {
      hasUnreadable = true
      return
    }
    names.append(host)
  }

  /// Up to where the path begins: the rest may be long, and it makes no difference.
  private static func withoutPath(_ text: String) -> String {
    let bytes = text.utf8
    guard let scheme = bytes.firstIndex(of: UInt8(ascii: ":")) else { return text }
    let authority = bytes[scheme...].dropFirst(3)
    let end = authority.firstIndex { "/?#".utf8.contains($0) } ?? bytes.endIndex
    return String(text[..<end])
  }

  /// A host in the one spelling that is compared; nil for a number that some take for an address, as `127.1`,
  /// `0x7f.0.0.1` or `2130706433`.
  static func canonical(_ host: String) -> String? {
    let bytes = host.utf8
    let last = bytes.lastIndex(of: UInt8(ascii: ".")).map { bytes[bytes.index(after: $0)...] } ?? bytes[...]
    let isAddress = bytes.contains(UInt8(ascii: ":"))
    guard isAddress || last.first.map(isDigit) == true else { return host }
    if let address = IPAddress(host) { return address.description }
    return isAddress || last.allSatisfy(isDigit) || last.starts(with: "0x".utf8) ? nil : host
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func namesURL(_ key: String) -> Bool {
    guard (3...4).contains(key.utf8.count) else { return false }
    return ["url", "uri", "urls", "uris"].contains(key.lowercased())
  }
}
