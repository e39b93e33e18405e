import SandboxCore

extension ManifestReader {
  mutating func readCommand(_ id: ToolID, _ parameters: JSONValue) -> CommandSpec {
    _ = object(["command"])
    note(in: ["command"], known: ["argv", "stdin", "output", "timeoutMs", "env", "secrets"])
    let input: CommandSpec.Input = choice(["command", "stdin"]) ?? .none
    let argv = readArgv(parameters)
    let variables = readVariables(["command"], id)
    return CommandSpec(
      executable: argv.executable, arguments: argv.arguments, input: input,
      output: choice(["command", "output"]) ?? .text, timeout: milliseconds(["command", "timeoutMs"]),
      environment: variables.literals, secrets: variables.secrets, pinned: argv.pinned,
      grants: readGrants(id))
  }

  private typealias Line = (executable: String, arguments: [CommandSpec.Argument], pinned: [PinnedFile])

  private mutating func readArgv(_ parameters: JSONValue) -> Line {
    let path = ["command", "argv"]
    guard let elements = commandLine(path) else { return ("", [], []) }
    guard let executable = elements[0].stringValue else {
      problem(path + ["0"], "must be a string, not \(elements[0].typeName)")
      return ("", [], [])
    }
    var arguments: [CommandSpec.Argument] = []
    var words: [String?] = [executable]
    for (index, element) in elements.enumerated().dropFirst() {
      guard let text = argumentText(element, path + [String(index)]) else { continue }
      let argument = readArgument(text, path + [String(index)], arguments, parameters)
      if let argument { arguments.append(argument) }
      if case .parameter(_, mayBeginWithDash: true) = argument { words.append(nil) } else { words.append(text) }
    }
    return (executable, arguments, checkedFiles(words, path))
  }

  private mutating func readArgument(
    _ text: String, _ place: [String], _ earlier: [CommandSpec.Argument], _ parameters: JSONValue
  ) -> CommandSpec.Argument? {
    guard let placeholder = Placeholder.first(in: text) else { return .literal(text) }
    guard Placeholder.whole(text) != nil else {
      problem(
        place,
        "\"{\(placeholder)}\" must be the whole argument: a parameter is passed as one argument, it is not pasted "
          + "into another")
      return nil
    }
    guard isDeclared(placeholder, parameters, at: place) else { return nil }
    let schema = parameters["properties"]?[placeholder]
    let isConstrained = ["enum", "const", "pattern"].contains { schema?[$0] != nil }
    return .parameter(placeholder, mayBeginWithDash: isConstrained || earlier.contains(.literal("--")))
  }
}
