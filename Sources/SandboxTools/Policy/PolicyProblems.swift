/// Everything that is wrong with a policy file, up to ``maximum`` problems; the `cause` of what reading it throws.
package struct PolicyProblems: Error, Sendable, CustomStringConvertible {
  package static let maximum = 100

  package let problems: [PolicyProblem]

  package var description: String { problems.map(\.description).joined(separator: "; ") }
}
