import Glibc

/// Measures, and prints what it measured.
///
///     sandbox-bench sessions EXECUTABLE [RUNS]     whole sessions against a scripted model server in this process
///     sandbox-bench tools                          the ToolBus, JSON Schema, the redactor, a call of an MCP server
///     sandbox-bench processes [FOLDER]             programs of tools, confined; start-up of the executables in FOLDER
///     sandbox-bench orphans FOLDER [ROUNDS]        tools that try to outlive their session; executables in FOLDER
///     sandbox-bench schema-suite FOLDER            the official JSON Schema suite, which must pass to the last test
@main
enum Main {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.dropFirst().first) {
    case ("sessions", .some(let executable)):
      try await SessionReport.print(executable: executable, runs: arguments.dropFirst(2).first.flatMap(Int.init) ?? 5)
    case ("tools", nil): try await ToolReport.print()
    case ("processes", let folder): try await ProcessReport.print(ship: folder)
    case ("orphans", .some(let folder)):
      let rounds = arguments.dropFirst(2).first.flatMap(Int.init) ?? 100
      exit(try await OrphanReport.print(executables: folder, rounds: rounds) ? 0 : 1)
    case ("schema-suite", .some(let folder)): exit(try SchemaReport.print(suite: folder) ? 0 : 1)
    default:
      print(
        "usage: sandbox-bench sessions EXECUTABLE [RUNS] | tools | processes [FOLDER] | orphans FOLDER [ROUNDS] | schema-suite FOLDER"
      )
      exit(64)
    }
  }
}
