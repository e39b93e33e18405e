import SandboxCore
import SandboxTestKit
import Synchronization
import Testing

@testable import SandboxTools

/// Answers every request with one reply.
private final class FixedTransport: HTTPTransport {
  let reply: HTTPReply
  let requests = Mutex<[HTTPRequest]>([])

  init(_ reply: HTTPReply) { self.reply = reply }

  func send(_ request: HTTPRequest) async throws(SandboxError) -> HTTPReply {
    requests.withLock { $0.append(request) }
    return reply
  }
}

@Suite struct FetchAndParseTests {
  private func fetch(
    _ body: [UInt8], type: String? = "text/html", status: Int = 200, from final: String = "",
    headers: [HTTPHeader] = [], _ arguments: JSONValue = ["url": "https://e.org/a"]
  ) async throws -> (JSONValue, [HTTPRequest]) {
    let transport = FixedTransport(
      HTTPReply(
        status: status, headers: (type.map { [HTTPHeader("Content-Type", $0)] } ?? []) + headers, body: body, url: final
      ))
    let value = try await BuiltinFixture.with { session in
      let context = BuiltinContext(
        workspace: session.workspace, log: session.log, blobs: session.blobs, transport: transport
      ) { _ in [] }
      let definition = ToolDefinition(
        id: ToolID("fetch_and_parse"), description: "", category: "research", parameters: [:])
      let output = try await BuiltinExecutor(context).execute(
        ToolInvocation(
          callID: CallID("root/1.0"), taskID: .root, agentID: .meta, definition: definition, arguments: arguments,
          attempt: 1, timeout: .seconds(60)))
      return try JSONValue(parsing: output.text)
    }
    return (value, transport.requests.withLock { $0 })
  }

  private func fetch(
    _ text: String, type: String? = "text/html", status: Int = 200, from final: String = "",
    headers: [HTTPHeader] = [], _ arguments: JSONValue = ["url": "https://e.org/a"]
  ) async throws -> JSONValue {
    try await fetch(Array(text.utf8), type: type, status: status, from: final, headers: headers, arguments).0
  }

  private func failure(
    _ text: String, type: String? = "text/html", status: Int = 200, headers: [HTTPHeader] = [],
    _ arguments: JSONValue = ["url": "https://e.org/a"]
  ) async throws -> SandboxError {
    let error = await #expect(throws: SandboxError.self) {
      _ = try await fetch(text, type: type, status: status, headers: headers, arguments)
    }
    return try #require(error)
  }

  @Test func pageBecomesMarkdown() async throws {
    let html = "<title>T</title><h1>Hello</h1><a href=b>next</a>"
    let (value, requests) = try await fetch(
      Array(html.utf8), from: "https://e.org/x/", ["url": " https://E.org/a#top "])
    #expect(
      value == [
        "content": "# Hello\n\n[next](https://e.org/x/b)", "source": "https://e.org/x/", "title": "T",
        "links": [["text": "next", "url": "https://e.org/x/b"]], "truncated": false,
      ])
    #expect(requests.map(\.url) == ["https://e.org/a"])
    #expect(requests.map(\.method) == ["GET"])
    #expect(requests.first?.redirects == .follow)
  }

  @Test func otherFormats() async throws {
    let text: JSONValue = ["url": "https://e.org/a", "format": "text"]
    let json: JSONValue = ["url": "https://e.org/a", "format": "json"]
    #expect(try await fetch("<h1>Hello</h1>", text)["content"] == "Hello")
    #expect(
      try await fetch("{ \"a\" : [1, 2.50] }", type: "application/json", json)
        == ["content": "{\"a\":[1,2.5]}", "source": "https://e.org/a", "truncated": false])
    #expect(try await fetch("{\"a\": 1}", type: "application/vnd.api+json")["content"] == "{\"a\": 1}")
    #expect(try await fetch("a\r\n# b", type: "text/plain")["content"] == "a\n# b")
    #expect(try await fetch("<rss>x</rss>", type: "application/rss+xml")["content"] == "<rss>x</rss>")
    #expect(try await fetch("<p/>a<script/>b", type: "application/xhtml+xml")["content"] == "ab")
    #expect(try await fetch("<!DOCTYPE html><p>a", type: nil)["content"] == "a")
    #expect(try await fetch("1 < 2", type: nil)["content"] == "1 < 2")
    #expect(try await fetch("", type: "text/html")["content"] == "")
  }

  @Test func whatCannotBeReadIsNamed() async throws {
    let image = try await failure("GIF89a", type: "image/gif")
    #expect(image.code == .unsupported)
    #expect(image.message.contains("image/gif, 6 bytes"))
    let unknown = try await failure("a\u{0}b", type: nil)
    #expect(unknown.message.contains("of no known type, 3 bytes"))
    let page = try await failure("<p>x", ["url": "https://e.org/a", "format": "json"])
    #expect(page.code == .invalidResponse)
    #expect(page.message.contains("is not JSON but text/html, 4 bytes"))
    #expect(page.message.hasSuffix("Use the format markdown"))
    let charset = try await failure("x", type: "text/html; charset=shift_jis")
    #expect(charset.code == .unsupported && charset.message.contains("\"shift_jis\""))
  }

  @Test func otherStatusesAreErrors() async throws {
    for (status, code, retry) in [
      (404, SandboxError.Code.notFound, SandboxError.Retry.never), (403, .denied, .never), (301, .rejected, .never),
      (500, .unavailable, .backoff), (429, .rateLimited, .backoff),
    ] {
      let error = try await failure("x", status: status)
      #expect(error.message == "Failed to fetch https://e.org/a: \(status)")
      #expect(error.code == code)
      #expect(error.retry == retry)
    }
    let error = try await failure("x", status: 503, headers: [HTTPHeader("Retry-After", "7")])
    #expect(error.retry == .after(.seconds(7)))
  }

  @Test(arguments: [
    "ftp://e.org/", "file:///etc/passwd", "e.org", "", "https://", "https://user:pw@e.org/", "javascript:alert(1)",
    "http://e.org:99999/",
  ])
  func otherAddressesAreRefused(_ url: String) async throws {
    let error = try await failure("x", ["url": .string(url)])
    #expect(error.code == .invalidArgument)
  }

  @Test func withoutNetworkItSaysSo() async throws {
    try await BuiltinFixture.with { session in
      let error = try await session.failure("fetch_and_parse", ["url": "https://e.org/a"])
      #expect(error.code == .unsupported)
      #expect(error.message.hasPrefix("network access is not available in this session"))
    }
  }

  // MARK: - Encodings

  @Test(
    arguments: [
      ("text/html", [0xc3, 0xa9], "é"), ("text/html; charset=\"UTF-8\"", [0xc3, 0xa9, 0xff], "é\u{fffd}"),
      ("text/html;charset=ISO-8859-1", [0xe9, 0x80], "é€"),
      ("text/html; charset=windows-1252", [0x96, 0x81], "–\u{81}"),
      ("text/plain; charset=utf-16", [0x41, 0x00, 0x3d, 0xd8, 0x00, 0xde], "A😀"),
      ("text/plain; charset=utf-16be", [0x00, 0x41, 0x20], "A"), ("text/plain", [0xfe, 0xff, 0x00, 0x41], "A"),
      ("text/plain; charset=iso-8859-1", [0xef, 0xbb, 0xbf, 0xc3, 0xa9], "é"), ("text/plain", [0xff, 0xfe], ""),
    ] as [(String, [UInt8], String)])
  func encodings(_ type: String, _ body: [UInt8], _ expected: String) async throws {
    let (value, _) = try await fetch(body, type: type)
    #expect(value["content"] == .string(expected))
  }

  @Test func documentNamesItsEncoding() async throws {
    let (value, _) = try await fetch(Array("<META CHARSET='latin1'>".utf8) + [0xe9])
    #expect(value["content"] == "é")
    let old = "<meta http-equiv=content-type content=\"text/html; charset=windows-1252\">"
    #expect(try await fetch(Array(old.utf8) + [0x80]).0["content"] == "€")
    let declaration = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><p>"
    #expect(try await fetch(Array(declaration.utf8) + [0xe9], type: "application/xhtml+xml").0["content"] == "é")
    #expect(try await fetch("<meta charset=utf-16>é")["content"] == "é")
  }

  // MARK: - Size

  @Test func longContentComesInParts() async throws {
    let text = String(repeating: "0123456789é", count: 10_000)
    var (offset, whole, parts) = (0, "", 0)
    while parts < 20 {
      let value = try await fetch(
        text, type: "text/plain", ["url": "https://e.org/a", "offset": .int(Int64(offset))])
      whole += value["content"]?.stringValue ?? ""
      parts += 1
      guard let next = value["nextOffset"]?.intValue else { break }
      #expect(value["truncated"] == true)
      #expect(next > offset)
      offset = next
    }
    #expect(whole == text)
    #expect(parts == 5)
    let small = try await fetch(text, type: "text/plain", ["url": "https://e.org/a", "maxBytes": 15, "offset": 11])
    #expect(small["content"] == "é0123456789é0")
    #expect(small["nextOffset"] == 25)
  }

  /// The model reads the answer as a whole, also when its text is larger as JSON.
  @Test func answerIsNeverCutInItsMiddle() async throws {
    let links = (0..<500).map { "<a href=/\(String(repeating: "p", count: 100))\($0)>\"link\" \($0)</a> " }.joined()
    let html =
      "<title>\(String(repeating: "\"", count: 1000))</title>" + links + String(repeating: "\"\\ ", count: 20_000)
    let value = try await fetch(html, ["url": "https://e.org/a", "maxBytes": 32768])
    #expect(value.utf8().count <= ToolText.maximumBytes)
    #expect(value.utf8().count > 24_000)
    #expect(value["truncated"] == true)
    #expect((1...40).contains(value["links"]?.arrayValue?.count ?? 0))
  }
}
