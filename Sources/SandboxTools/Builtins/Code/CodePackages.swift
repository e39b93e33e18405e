import SandboxCore

/// The packages that code asks for. Their names become arguments of an installer, so they are held to the grammar of
/// their registry: no option, path, address or alias passes for a name.
struct CodePackages {
  static let maximum = 50

  let names: [String]

  /// - Throws: `.invalidArgument` for what is not a list of package names.
  init(_ value: JSONValue?, for language: CodeLanguage) throws(SandboxError) {
    guard let value else {
      names = []
      return
    }
    guard let list = value.arrayValue, list.count <= Self.maximum else {
      throw SandboxError(.invalidArgument, "dependencies must be an array of at most \(Self.maximum) package names")
    }
    names = try list.mapThrowing { entry throws(SandboxError) in
      guard let name = entry.stringValue, Self.isName(name, in: language) else {
        throw SandboxError(
          .invalidArgument,
          "dependencies has \(String(entry.text().prefix(100))), which is not the name of a package; give a name of the "
            + "registry, with a version or without, as \(language == .python ? "numpy==2.1.0" : "lodash@4.17.21")")
      }
      return name
    }
    guard names.isEmpty || language != .shell else {
      throw SandboxError(.invalidArgument, "shell code has no dependencies; leave them out")
    }
  }

  private static func isName(_ text: String, in language: CodeLanguage) -> Bool {
    guard (1...200).contains(text.utf8.count) else { return false }
    return language == .python ? isPythonName(text) : isNodeName(text)
  }

  /// A requirement of PEP 508 without markers and addresses: `name[extra]>=1.0,<2`.
  private static func isPythonName(_ text: String) -> Bool {
    var rest = Substring(text).utf8
    guard take(&rest, isNameByte) else { return false }
    if rest.first == UInt8(ascii: "[") {
      rest = rest.dropFirst()
      guard take(&rest, { isNameByte($0) || $0 == UInt8(ascii: ",") }), rest.first == UInt8(ascii: "]") else {
        return false
      }
      rest = rest.dropFirst()
    }
    guard let sign = rest.first else { return true }
    return "=<>!~".utf8.contains(sign)
      && rest.allSatisfy { isNameByte($0) || "=<>!~,*+".utf8.contains($0) }
  }

  /// `name`, `@scope/name`, either with `@version`.
  private static func isNodeName(_ text: String) -> Bool {
    var rest = Substring(text).utf8
    if rest.first == UInt8(ascii: "@") {
      rest = rest.dropFirst()
      guard take(&rest, isNameByte), rest.first == UInt8(ascii: "/") else { return false }
      rest = rest.dropFirst()
    }
    guard take(&rest, isNameByte) else { return false }
    guard !rest.isEmpty else { return true }
    return rest.first == UInt8(ascii: "@") && rest.count > 1
      && rest.dropFirst().allSatisfy { isNameByte($0) || "^~<>=*+".utf8.contains($0) }
  }

  /// Takes a part that begins with a letter or digit.
  private static func take(_ rest: inout Substring.UTF8View, _ isPart: (UInt8) -> Bool) -> Bool {
    guard rest.first?.isASCIIAlphanumeric == true else { return false }
    rest = rest.drop(while: isPart)
    return true
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
  }
}
