import SandboxCore

extension ManifestReader {
  private static let maximumTimeout = 86_400_000
  private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"]

  mutating func readCommand(_ parameters: JSONValue) -> CommandSpec {
    let argv = readArgv(parameters)
    return CommandSpec(
      executable: argv.executable, arguments: argv.arguments, input: choice(["command", "stdin"]) ?? .none,
      output: choice(["command", "output"]) ?? .text, timeout: readTimeout())
  }

  private mutating func readTimeout() -> Duration? {
    let path = ["command", "timeoutMs"]
    guard let value = value(path) else { return nil }
    guard let milliseconds = value.intValue, (1...Self.maximumTimeout).contains(milliseconds) else {
      problem(path, "must be whole milliseconds from 1 to \(Self.maximumTimeout), not \(value.briefText)")
      return nil
    }
    return .milliseconds(milliseconds)
  }

  private mutating func readArgv(_ parameters: JSONValue) -> (executable: String, arguments: [CommandSpec.Argument]) {
    let path = ["command", "argv"]
    guard let value = value(path) else {
      problem(path, "is missing; it must be a list: the program's absolute path, then its arguments")
      return ("", [])
    }
    guard let elements = value.arrayValue, let first = elements.first else {
      problem(path, "must be a list: the program's absolute path, then its arguments")
      return ("", [])
    }
    guard let executable = first.stringValue else {
      problem(path + ["0"], "must be a string, not \(first.typeName)")
      return ("", [])
    }
    if let reason = ExecutableCheck.problem(with: executable) { problem(path + ["0"], reason) }
    var arguments: [CommandSpec.Argument] = []
    for (index, element) in elements.enumerated().dropFirst() {
      let place = path + [String(index)]
      guard let text = element.stringValue else {
        problem(place, "must be a string, not \(element.typeName)")
        continue
      }
      if text.utf8.contains(0) { problem(place, "contains a NUL character, which no program can get") }
      if let argument = readArgument(text, place, arguments, parameters) { arguments.append(argument) }
    }
    refuseModelScript(executable, arguments, path)
    return (executable, arguments)
  }

  private mutating func readArgument(
    _ text: String, _ place: [String], _ earlier: [CommandSpec.Argument], _ parameters: JSONValue
  ) -> CommandSpec.Argument? {
    guard let placeholder = Self.placeholder(in: text) else { return .literal(text) }
    guard "{\(placeholder)}" == text else {
      problem(
        place,
        "\"{\(placeholder)}\" must be the whole argument: a parameter is passed as one argument, it is not pasted "
          + "into another")
      return nil
    }
    guard let schema = parameters["properties"]?[placeholder] else {
      let known = parameters["properties"]?.objectValue?.keys.joined(separator: ", ") ?? ""
      problem(place, "\"{\(placeholder)}\" is not a parameter; the schema declares: \(known.isEmpty ? "none" : known)")
      return nil
    }
    let isConstrained = ["enum", "const", "pattern"].contains { schema[$0] != nil }
    return .parameter(placeholder, mayBeginWithDash: isConstrained || earlier.contains(.literal("--")))
  }

  /// A shell would take the model's text for a program.
  private mutating func refuseModelScript(
    _ executable: String, _ arguments: [CommandSpec.Argument], _ path: [String]
  ) {
    guard let name = executable.split(separator: "/").last, Self.shells.contains(String(name)) else { return }
    for (index, argument) in arguments.enumerated().dropLast() {
      guard case .literal(let option) = argument, option.hasPrefix("-"), !option.hasPrefix("--"), option.contains("c"),
        case .parameter(let parameter, _) = arguments[index + 1]
      else { continue }
      problem(
        path + [String(index + 2)],
        "the shell would run \"{\(parameter)}\", a text of the model, as a program; name the program to run instead")
    }
  }

  /// The name in the first `{name}` of an element. Other braces are text like any other.
  private static func placeholder(in text: String) -> String? {
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      rest = rest[rest.index(after: open)...]
      guard let close = rest.firstIndex(where: { $0 == "}" || $0 == "{" }) else { return nil }
      let name = rest[..<close]
      if rest[close] == "}", let first = name.utf8.first, !(0x30...0x39).contains(first),
        name.utf8.allSatisfy(isNameByte)
      {
        return String(name)
      }
      rest = rest[close...]
    }
    return nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
