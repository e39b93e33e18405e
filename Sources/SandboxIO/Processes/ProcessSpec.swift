/// A program to run to its end, with everything the child gets and the bounds it runs in. No shell is involved.
package struct ProcessSpec: Sendable {
  /// The variable by which a call's processes recognise themselves; see ``marker``.
  package static let markerVariable = "AGENT_CALL_ID"

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
  /// How long output is still read after the child has exited while a process that escaped its group holds the streams
  /// open. At most 100 ms when the child had to be killed.
  package var drainGrace: Duration
  /// When set, orphans whose environment has `AGENT_CALL_ID` with this value are killed once the child has exited.
  /// Put the variable into ``environment``; works only after ``Subreaper/enable()``.
  package var marker: String?
  /// Whether the child gives up gaining privileges by setuid programs for ever.
  package var noNewPrivileges: Bool

  package init(
    argv: [String],
    environment: [(String, String)],
    workingDirectory: String,
    input: ProcessInput = .none,
    outputLimits: OutputLimits = .default,
    timeout: Duration? = nil,
    terminationGrace: Duration = .seconds(2),
    drainGrace: Duration = .milliseconds(500),
    marker: String? = nil,
    noNewPrivileges: Bool = true
  ) {
    self.argv = argv
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.input = input
    self.outputLimits = outputLimits
    self.timeout = timeout
    self.terminationGrace = terminationGrace
    self.drainGrace = drainGrace
    self.marker = marker
    self.noNewPrivileges = noNewPrivileges
  }
}
