import SandboxCore
import SandboxIO

/// Puts packages beside the code that needs them, where its interpreter finds them by itself.
struct CodeInstaller {
  private let argv: (_ folder: String) -> [String]

  /// - Throws: `.unsupported` when the runtime has no installer here.
  init(runtime: CodeRuntime, path: String, programs: ProgramFinder) throws(SandboxError) {
    switch runtime {
    case .python:
      argv = { folder in
        [
          path, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--target", folder,
          "--",
        ]
      }
    case .bun: argv = { folder in [path, "add", "--cwd", folder] }
    case .node:
      guard let npm = programs.path(of: "npm") else { throw Self.missing("npm (apt-get install npm)") }
      argv = { folder in
        [npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--"]
      }
    case .deno, .shell: throw Self.missing("bun, or node with npm,")
    }
  }

  private static func missing(_ what: String) -> SandboxError {
    SandboxError(.unsupported, "dependencies cannot be installed: \(what) is needed for that")
  }

  /// - Throws: `.toolFailed` with the end of what the installer said, and what starting it throws.
  func install(
    _ packages: CodePackages, into folder: String, _ process: CodeProcess, timeout: Duration
  ) async throws(SandboxError) {
    let result = try await process.run(
      argv(folder) + packages.names, directory: folder, reads: ["/etc/pip.conf", "/etc/npmrc"], network: .full,
      timeout: timeout)
    guard !result.isSuccess else { return }
    let said = String(result.standardError.text.suffix(2_000)).trimmingSpaces
    let reason = result.termination == .timedOut ? "it took too long" : said.excerpt(2_000)
    throw SandboxError(
      .toolFailed, "the packages \(packages.names.joined(separator: ", ")) could not be installed: \(reason)",
      cause: ToolFailure(isBeforeEffect: true))
  }
}
