import Glibc
import SandboxCore
import SandboxIO

/// One run of code: its file, the packages it asks for, and the process.
struct CodeRun {
  static let maximumCodeBytes = 1 << 20
  /// The time of a run that names none; one that installs packages has all that the call has.
  private static let defaultTimeout = Duration.seconds(30)
  private static let versionTimeout = Duration.seconds(5)

  let language: CodeLanguage
  let code: String
  let arguments: [String]
  let input: String?
  let packages: CodePackages
  /// What the caller allows; nil is the default.
  let timeout: Duration?

  /// Runs the code in the workspace, and returns how it ended. A program that takes too long is a result as well.
  ///
  /// Code, packages and temporary files are in a folder of the call's own, which is gone afterwards.
  ///
  /// - Throws: `.unsupported` when there is nothing to run it with, or packages are not allowed; `.toolFailed` when they
  ///   cannot be installed; `.cancelled`, with what the program had written as its ``ToolFailure``; what
  ///   ``ProcessRunner/run(_:)`` throws.
  func run(_ context: BuiltinContext, _ invocation: ToolInvocation) async throws(SandboxError) -> CodeResult {
    guard packages.names.isEmpty || context.allowsDependencies else {
      throw SandboxError(
        .denied, "packages may not be installed in this session: leave dependencies out and use the standard library")
    }
    let folder = try CallFolder(in: context.temporary)
    let result: Result<CodeResult, SandboxError>
    do throws(SandboxError) {
      result = .success(try await run(in: folder.path, context, invocation))
    } catch {
      result = .failure(error)
    }
    await folder.remove()
    return try result.get()
  }

  private func run(
    in folder: String, _ context: BuiltinContext, _ invocation: ToolInvocation
  ) async throws(SandboxError) -> CodeResult {
    let start = context.time.monotonic()
    let process = CodeProcess(folder: folder, context: context, invocation: invocation)
    // The bus cuts off a call whose time is up; what is written until then can only be kept if we are first.
    let allowed = invocation.timeout * 9 / 10
    let limit = min(timeout ?? (packages.names.isEmpty ? Self.defaultTimeout : allowed), allowed)
    func left() -> Duration { max(.milliseconds(1), limit - (context.time.monotonic() - start)) }

    let (runtime, path) = try runtime(context.programs)
    let version = runtime == .node && language == .typescript ? try await nodeVersion(path, process, left()) : nil
    let options = try runtime.options(for: language, version: version)
    let source = "\(folder)/code"
    guard mkdir(source, 0o700) == 0 else {
      throw SandboxError(.io, "cannot create a folder for the code in \(folder): \(SystemError(errno))")
    }
    if !packages.names.isEmpty {
      let installer = try CodeInstaller(runtime: runtime, path: path, programs: context.programs)
      try await installer.install(packages, into: source, process, timeout: left())
    }
    let file = "\(source)/\(CodeModule(code).fileName(language))"
    let bytes = Array(code.utf8)
    try await BlockingWork.run { _ throws(SandboxError) in try AtomicFile.write(bytes, to: file, durable: false) }
    let argv = [path] + options + [file] + arguments
    return CodeResult(
      argv: argv, timeout: limit, process: try await process.run(argv, input: input, timeout: left()),
      redactor: invocation.redactor, isolation: process.isolation)
  }

  private func runtime(_ programs: ProgramFinder) throws(SandboxError) -> (CodeRuntime, path: String) {
    for runtime in CodeRuntime.candidates(for: language) {
      if let path = programs.path(of: runtime.rawValue) { return (runtime, path) }
    }
    throw SandboxError(
      .unsupported, "there is nothing to run \(language.rawValue) with: \(CodeRuntime.advice(for: language))")
  }

  private func nodeVersion(
    _ path: String, _ process: CodeProcess, _ timeout: Duration
  ) async throws(SandboxError) -> NodeVersion? {
    let result = try await process.run([path, "--version"], timeout: min(timeout, Self.versionTimeout))
    return NodeVersion(result.standardOutput.text)
  }
}
