package import SandboxCore

extension CommandSpec {
  /// The program's arguments, itself the first, for one call. Strings are passed as they are, everything else as
  /// compact JSON; a parameter that is missing or null is left out.
  ///
  /// - Throws: `.invalidArgument` for a value that the program could take for an option, or that no program can get.
  package func argv(for parameters: JSONValue) throws(SandboxError) -> [String] {
    var argv = [executable]
    for argument in arguments {
      switch argument {
      case .literal(let text): argv.append(text)
      case .parameter(let name, let mayBeginWithDash):
        guard let value = parameters[name], !value.isNull else { continue }
        let text = value.stringValue ?? value.text(.compact)
        if text.utf8.first == UInt8(ascii: "-"), !mayBeginWithDash {
          throw SandboxError(
            .invalidArgument,
            "the argument \"\(name)\" begins with \"-\" and could be taken for an option of \(executable); use a value "
              + "that does not, as \"./-name\" for a file")
        }
        if text.utf8.contains(0) {
          throw SandboxError(.invalidArgument, "the argument \"\(name)\" contains a NUL character; leave it out")
        }
        argv.append(text)
      }
    }
    return argv
  }
}
