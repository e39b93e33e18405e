import SandboxCore
import SandboxIO

/// Makes a PDF of an HTML page with the first converter that is installed.
///
/// The page must hold everything it shows: none of the converters can be kept from loading what it names. The pages of
/// ``HTMLPage`` name nothing.
struct PDFConverter {
  private enum Program: String, CaseIterable {
    case weasyprint, wkhtmltopdf, chromium, libreoffice
  }

  private static let longestRun = Duration.seconds(120)

  private let program: Program
  private let path: String

  /// - Throws: `.unsupported` when no converter is there, with what to install.
  init(_ programs: ProgramFinder) throws(SandboxError) {
    guard let found = programs.first(of: Program.allCases.map(\.rawValue)), let program = Program(rawValue: found.name)
    else {
      throw SandboxError(
        .unsupported,
        "PDF needs a converter, and none is installed: apt-get install weasyprint (or wkhtmltopdf, chromium, "
          + "libreoffice); or use the format html, which prints well from any browser")
    }
    self.program = program
    path = found.path
  }

  /// - Throws: `.toolFailed` when the converter makes no PDF, with what it said; `.timeout`; `.limitExceeded` when the
  ///   PDF is larger than an artifact may be; `.cancelled`.
  func convert(
    _ html: [UInt8], _ context: BuiltinContext, _ invocation: ToolInvocation
  ) async throws(SandboxError) -> [UInt8] {
    let folder = try CallFolder(in: context.temporary)
    let result: Result<[UInt8], SandboxError>
    do throws(SandboxError) {
      result = .success(
        try await convert(
          html, in: folder.path, CodeProcess(folder: folder.path, context: context, invocation: invocation)))
    } catch {
      result = .failure(error)
    }
    await folder.remove()
    return try result.get()
  }

  private func convert(
    _ html: [UInt8], in folder: String, _ process: CodeProcess
  ) async throws(SandboxError) -> [UInt8] {
    let (page, document) = ("\(folder)/page.html", "\(folder)/page.pdf")
    try await BlockingWork.run { _ throws(SandboxError) in try AtomicFile.write(html, to: page, durable: false) }
    let limit = min(Self.longestRun, process.invocation.timeout * 9 / 10)
    let result = try await process.run(argv(page, document, in: folder), directory: folder, timeout: limit)
    guard result.termination != .timedOut else {
      throw SandboxError(
        .timeout, "\(program.rawValue) was stopped after \(limit.milliseconds) ms; make the text shorter")
    }
    let bytes: [UInt8]? = try await BlockingWork.run { _ throws(SandboxError) in
      do throws(SandboxError) {
        return try BoundedFile.read(document, limit: ArtifactWriter.maximumBytes, name: "the PDF")
      } catch {
        if error.code == .limitExceeded { throw error }
        return nil
      }
    }
    guard result.isSuccess, let bytes, bytes.starts(with: "%PDF-".utf8) else {
      let said = String((result.standardError.text + result.standardOutput.text).suffix(1_000)).trimmingSpaces
      throw SandboxError(.toolFailed, "\(program.rawValue) made no PDF: \(said.excerpt(1_000))")
    }
    return bytes
  }

  private func argv(_ page: String, _ document: String, in folder: String) -> [String] {
    switch program {
    case .weasyprint: [path, "--quiet", page, document]
    case .wkhtmltopdf: [path, "--quiet", "--disable-javascript", "--disable-local-file-access", page, document]
    case .chromium:
      [
        path, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
        "--user-data-dir=\(folder)/profile", "--print-to-pdf=\(document)", "file://\(page)",
      ]
    case .libreoffice: [path, "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "--outdir", folder, page]
    }
  }
}
