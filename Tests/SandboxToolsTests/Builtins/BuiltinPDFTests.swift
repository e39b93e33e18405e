import Glibc
import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct BuiltinPDFTests {
  private static let document: JSONValue = [
    "title": "Report", "format": "pdf",
    "content": "Sales **grew**.\n\n![local](file:///etc/passwd) ![remote](https://e.org/a.png)",
  ]

  /// A session whose only converter is this script.
  private func with(
    _ program: String, _ script: String, _ body: (BuiltinFixture, BuiltinExecutor) async throws -> Void
  ) async throws {
    try await BuiltinFixture.with { session in
      let (folder, temporary) = (session.folder + "/bin", session.folder + "/temporary")
      mkdir(folder, 0o700)
      mkdir(temporary, 0o700)
      try AtomicFile.write(
        Array("#!/bin/sh\n\(script)\n".utf8), to: "\(folder)/\(program)", mode: 0o755, durable: false)
      let context = BuiltinContext(
        workspace: session.workspace, log: session.log, blobs: session.blobs, temporary: temporary,
        programFolders: [folder]
      ) { _ in [] }
      try await body(session, BuiltinExecutor(context))
      #expect(try FolderListing(of: temporary).entries.isEmpty)
    }
  }

  private func run(_ executor: BuiltinExecutor, timeout: Duration = .seconds(60)) async throws -> JSONValue {
    let definition = ToolDefinition(
      id: ToolID("generate_document"), description: "", category: "content", parameters: [:])
    let output = try await executor.execute(
      ToolInvocation(
        callID: CallID("root/1.0"), taskID: .root, agentID: .meta, definition: definition, arguments: Self.document,
        attempt: 1, timeout: timeout))
    return try JSONValue(parsing: output.text)
  }

  @Test(arguments: [
    ("weasyprint", "[ \"$1\" = --quiet ] && { printf '%%PDF-1.7 '; /bin/cat \"$2\"; } > \"$3\""),
    ("wkhtmltopdf", "{ printf '%%PDF-1.4 '; /bin/cat \"$4\"; } > \"$5\""),
    ("chromium", "{ printf '%%PDF-1.4 '; /bin/cat \"${7#file://}\"; } > \"${6#--print-to-pdf=}\""),
    ("libreoffice", "{ printf '%%PDF-1.6 '; /bin/cat \"$6\"; } > \"$5/page.pdf\""),
  ])
  func converterMakesAnArtifact(_ program: String, _ script: String) async throws {
    try await with(program, script) { session, executor in
      let reply = try await run(executor)
      #expect(reply["name"] == "Report.pdf" && reply["url"] == "artifacts/Report.pdf")
      let artifact = try #require(session.log.read { $0.artifacts.first })
      #expect(artifact.mediaType == "application/pdf" && artifact.kind == .document)
      let content = try session.content(of: "Report.pdf")
      #expect(content.hasPrefix("%PDF-1."))
      #expect(content.contains("Sales <strong>grew</strong>."))
      // Nothing that a converter would load.
      #expect(!content.contains("<img") && !content.contains("file:") && !content.contains("<link"))
      #expect(!content.contains("src="))
    }
  }

  @Test func failuresSayWhatTheConverterSaid() async throws {
    for (script, part) in [
      ("echo 'no fonts' >&2; exit 2", "weasyprint made no PDF: no fonts"),
      ("echo x > \"$3\"", "weasyprint made no PDF: "), ("exit 0", "weasyprint made no PDF: "),
    ] {
      try await with("weasyprint", script) { session, executor in
        let error = await #expect(throws: SandboxError.self) { _ = try await run(executor) }
        #expect(error?.code == .toolFailed)
        #expect(error?.message.hasPrefix(part) == true)
        #expect(session.log.read { $0.artifacts.isEmpty })
      }
    }
  }

  @Test func aConverterThatHangsIsStopped() async throws {
    try await with("weasyprint", "exec /bin/sleep 300") { _, executor in
      let error = await #expect(throws: SandboxError.self) { _ = try await run(executor, timeout: .milliseconds(500)) }
      #expect(error?.code == .timeout)
    }
  }

  @Test func withoutAConverterItSaysWhatToInstall() async throws {
    try await BuiltinFixture.with { session in
      let context = BuiltinContext(
        workspace: session.workspace, log: session.log, blobs: session.blobs, programFolders: []
      ) { _ in [] }
      let error = await #expect(throws: SandboxError.self) { _ = try await run(BuiltinExecutor(context)) }
      #expect(error?.code == .unsupported)
      #expect(error?.message.contains("apt-get install weasyprint") == true)
    }
  }

  private static let installed = ProgramFinder(folders: ["/usr/local/bin", "/usr/bin", "/bin"])
    .first(of: ["weasyprint", "wkhtmltopdf", "chromium", "libreoffice"])

  @Test(.enabled(if: installed != nil, "no converter is installed"))
  func theInstalledConverterWorks() async throws {
    try await BuiltinFixture.with { session in
      _ = try await run(session.executor)
      let artifact = try #require(session.log.read { $0.artifacts.first })
      #expect(try session.blobs.get(artifact.content).starts(with: "%PDF-".utf8))
    }
  }
}
