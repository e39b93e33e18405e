/// A program to run to its end, with everything the child gets and the bounds it runs in. No shell is involved.
package struct ProcessSpec: Sendable {
  /// The arguments; the first is the absolute path of the executable.
  package var argv: [String]
  /// The child's environment, exactly and in this order. Nothing is inherited.
  package var environment: [(String, String)]
  /// An absolute path.
  package var workingDirectory: String
  package var input: ProcessInput
  package var outputLimits: OutputLimits
  /// How long the child may run; nil is for ever.
  package var timeout: Duration?
  /// How long the process group has between SIGTERM and SIGKILL.
  package var terminationGrace: Duration
  package var confinement: Confinement
  /// Folders that are the child's own, for the limits of what it may put there.
  package var ownFolders: [String]

  package init(
    argv: [String],
    environment: [(String, String)],
    workingDirectory: String,
    input: ProcessInput = .none,
    outputLimits: OutputLimits = .default,
    timeout: Duration? = nil,
    terminationGrace: Duration = .seconds(2),
    confinement: Confinement = .privilegesOnly,
    ownFolders: [String] = []
  ) {
    self.argv = argv
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.input = input
    self.outputLimits = outputLimits
    self.timeout = timeout
    self.terminationGrace = terminationGrace
    self.confinement = confinement
    self.ownFolders = ownFolders
  }
}
