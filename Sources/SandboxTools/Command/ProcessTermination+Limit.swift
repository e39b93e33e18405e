import SandboxIO

extension ProcessResult.Termination {
  /// What the program did that its manifest's `limits` do not allow; nil when it ended for another reason.
  var passedLimit: String? {
    switch self {
    case .cpuLimit: "computed longer than it may (limits.cpuSeconds)"
    case .memoryLimit: "used more memory than it may (limits.memoryMiB)"
    case .processLimit: "started more processes than it may (limits.processes)"
    case .fileSizeLimit: "wrote a file larger than it may (limits.fileMiB)"
    case .diskLimit: "put more into its folder than it may (limits.diskMiB, limits.diskFiles)"
    case .exited, .timedOut, .cancelled, .outputLimit: nil
    }
  }
}
