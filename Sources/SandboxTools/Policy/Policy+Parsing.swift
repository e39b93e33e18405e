package import SandboxCore

extension Policy {
  /// Reads a policy: `{"default": "allow", "rules": [{"id": …, "match": {…}, "action": "deny", "reason": …}]}`.
  ///
  /// - Throws: `.invalidArgument` with ``PolicyProblems`` as its cause when anything is wrong with it, unknown members
  ///   included. It is then refused as a whole: a rule that is left out could allow what its owner forbids.
  package init(parsing value: JSONValue) throws(SandboxError) {
    var reader = PolicyReader()
    let policy = reader.read(value)
    guard let policy, reader.problems.isEmpty else {
      let shown = reader.problems.prefix(3).map(\.description).joined(separator: "; ")
      let rest = reader.problems.count > 3 ? "; and \(reader.problems.count - 3) more" : ""
      throw SandboxError(
        .invalidArgument, "the policy is not usable: \(shown)\(rest)", cause: PolicyProblems(problems: reader.problems))
    }
    self = policy
  }

  /// Reads a policy file of 1 MiB at most.
  ///
  /// - Throws: `.invalidArgument` when the file cannot be read or is not JSON, or as ``init(parsing:)`` does.
  package init(file path: String) throws(SandboxError) {
    let value: JSONValue
    do throws(ManifestFileReader.Failure) {
      value = try ManifestFileReader.read(path)
    } catch {
      throw SandboxError(.invalidArgument, "the policy file \(path.excerpt()) \(error.reason)")
    }
    try self.init(parsing: value)
  }
}
