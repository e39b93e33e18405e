import SandboxTestKit
import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BuiltinDocumentTests {
  private static let sample = """
    # Märkte

    Growth was **strong**, see [the report](https://example.org/r?a=1&b=2).[^1]

    ## First part

    ```swift
    let words = "not counted"
    ```

    ### Detail

    Text at https://example.com/x.

    ## Second *part*

    - one [two](http://a.b)
    - three

    [^1]: Annual report, https://example.org/annual
    """

  @Test func metadataHasExactOffsets() throws {
    let text = Self.sample
    let metadata = DocumentMetadata.extract(from: text, blocks: MarkdownParser.parse(text))
    let bytes = Array(text.utf8)
    let sections = try #require(metadata["sections"]?.arrayValue)
    #expect(sections.map { $0["title"] } == ["Märkte", "First part", "Detail", "Second part"])
    #expect(sections.map { $0["id"] } == ["märkte", "first-part", "detail", "second-part"])
    #expect(sections.map { $0["level"] } == [1, 2, 3, 2])
    let parts = try sections.map { section in
      let start = try #require(section["startOffset"]?.intValue)
      let end = try #require(section["endOffset"]?.intValue)
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
    #expect(parts[0] == text)
    let second = try #require(text.firstRange(of: "## Second"))
    let first = try #require(text.firstRange(of: "## First"))
    let detail = try #require(text.firstRange(of: "### Detail"))
    #expect(parts[1] == String(text[first.lowerBound..<second.lowerBound]))
    #expect(parts[2] == String(text[detail.lowerBound..<second.lowerBound]))
    #expect(parts[3] == String(text[second.lowerBound...]))
    // Märkte | Growth was strong, see the report. | First part | Detail | Text at URL | Second part | one two, three
    #expect(metadata["wordCount"] == .int(1 + 6 + 2 + 1 + 3 + 2 + 3))
    #expect(
      metadata["links"] == [
        ["text": "the report", "url": "https://example.org/r?a=1&b=2"],
        ["text": "https://example.com/x", "url": "https://example.com/x"], ["text": "two", "url": "http://a.b"],
        ["text": "https://example.org/annual", "url": "https://example.org/annual"],
      ])
    #expect(
      metadata["codeBlocks"] == [["id": "code-1", "language": "swift", "code": "let words = \"not counted\"\n"]])
    #expect(
      metadata["citations"] == [
        [
          "id": "1", "text": "Growth was strong, see the report.",
          "source": "Annual report, https://example.org/annual", "url": "https://example.org/annual",
        ]
      ])
    #expect(
      metadata["headingStructure"] == [
        [
          "id": "märkte", "title": "Märkte", "level": 1,
          "children": [
            [
              "id": "first-part", "title": "First part", "level": 2,
              "children": [["id": "detail", "title": "Detail", "level": 3, "children": []]],
            ],
            ["id": "second-part", "title": "Second part", "level": 2, "children": []],
          ],
        ]
      ])
  }

  @Test func makesAMarkdownArtifact() async throws {
    try await BuiltinFixture.with { session in
      let result = try await session.call(
        "generate_document",
        ["title": "My report", "content": "Hello *you*.", "sections": [["heading": "More", "content": "x"]]])
      #expect(result["name"] == "My-report.md")
      #expect(result["url"] == "artifacts/My-report.md")
      #expect(result["title"] == "My report")
      #expect(result["documentId"] == result["artifactId"])
      #expect(try session.content(of: "My-report.md") == "# My report\n\nHello *you*.\n\n## More\n\nx\n")
      let artifact = try #require(session.log.read { $0.artifacts.first })
      #expect(artifact.id.rawValue == result["documentId"]?.stringValue)
      #expect(artifact.kind == .document)
      #expect(artifact.mediaType == "text/markdown")
      #expect(artifact.metadata["wordCount"] == 6)
      let back = try await session.call("read_file", ["path": "artifacts/My-report.md", "offset": 2, "maxBytes": 9])
      #expect(back["text"] == "My report")
      #expect(try await session.failure("read_file", ["path": "artifacts/other.md"]).code == .notFound)
    }
  }

  @Test func keepsAFirstHeadingAndAnOwnName() async throws {
    try await BuiltinFixture.with { session in
      let result = try await session.call(
        "generate_document", ["title": "T", "content": "# Own\n\ntext\n", "name": "../../etc/pass wd.md"])
      #expect(result["name"] == "etc-pass-wd.md")
      #expect(try session.content(of: "etc-pass-wd.md") == "# Own\n\ntext\n")
    }
  }

  @Test func refusesWhatItCannotMake() async throws {
    try await BuiltinFixture.with { session in
      #expect(try await session.failure("generate_document", ["title": "T"]).message.contains("empty"))
      #expect(
        try await session.failure("generate_document", ["title": "T", "sections": [["heading": "x"]]]).message.contains(
          "/sections/0"))
      let huge = JSONValue.string(String(repeating: "x", count: 1 << 20))
      #expect(try await session.failure("generate_document", ["title": "T", "content": huge]).code == .limitExceeded)
      let other = try await session.failure("generate_document", ["title": "T", "content": "x", "format": "docx"])
      #expect(other.code == .invalidArgument && other.message.contains("it must be markdown, html or pdf"))
      #expect(session.log.read { $0.artifacts.isEmpty })
    }
  }

  @Test func makesAPageWithImagesOfTheSession() async throws {
    try await BuiltinFixture.with { session in
      _ = try await session.call(
        "generate_chart", ["title": "Sales", "type": "bar", "data": [["label": "n", "value": 1]]])
      _ = try await session.call(
        "generate_document",
        [
          "title": "<Report> & more", "format": "html", "name": "r",
          "content":
            "![chart](Sales.svg) ![same](artifacts/Sales.svg) ![far](https://evil.example/beacon.png) ![none](x.svg)",
        ])
      let html = try session.content(of: "r.html")
      let page = try BuiltinMarkup(html, isHTML: true)
      let images = page.elements.filter { $0.name == "img" }.map(\.attributes)
      let svg = Base64.encode(Array(try session.content(of: "Sales.svg").utf8))
      #expect(images.map { $0["src"] } == Array(repeating: "data:image/svg+xml;base64,\(svg)", count: 2))
      #expect(images.map { $0["alt"] } == ["chart", "same"])
      #expect(page.elements.contains { $0.name == "a" && $0.attributes["href"] == "https://evil.example/beacon.png" })
      #expect(html.contains("<title>&lt;Report&gt; &amp; more</title>"))
      #expect(html.contains("<h1 id=\"report-more\">&lt;Report&gt; &amp; more</h1>"))
      #expect(html.contains("prefers-color-scheme: dark") && html.contains("@media print"))
    }
  }

  @Test(arguments: [
    ("# A\n## B ##\nC\n=", "<h1 id=\"a\">A</h1>\n<h2 id=\"b\">B</h2>\n<p>C\n=</p>\n"),
    ("Title\n===\n\nSub\n---", "<h1 id=\"title\">Title</h1>\n<h2 id=\"sub\">Sub</h2>\n"),
    ("a **b *c*** _d_ ~~e~~", "<p>a <strong>b <em>c</em></strong> <em>d</em> <del>e</del></p>\n"),
    (
      "***x*** snake_case_name 2 * 3 * 4 **open",
      "<p><strong><em>x</em></strong> snake_case_name 2 * 3 * 4 **open</p>\n"
    ),
    ("`a < b` ``x ` y`` \\*no\\* `open", "<p><code>a &lt; b</code> <code>x ` y</code> *no* `open</p>\n"),
    (
      "[a *b*](http://x.y \"t\") <https://z.w>",
      "<p><a href=\"http://x.y\">a <em>b</em></a> <a href=\"https://z.w\">https://z.w</a></p>\n"
    ),
    ("see (https://x.y/a_b_c), ok", "<p>see (<a href=\"https://x.y/a_b_c\">https://x.y/a_b_c</a>), ok</p>\n"),
    ("[x](javascript:alert(1)) [y](JaVa\tScript:z) [z](data:text/html,x) [w](//evil.example)", "<p>x y z w</p>\n"),
    ("<script>alert('&')</script>", "<p>&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>\n"),
    ("line  \nbreak\nsoft", "<p>line<br>\nbreak\nsoft</p>\n"),
    ("- a\n- b\n  - c\n\n- d", "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n<li>d</li>\n</ul>\n"),
    (
      "3. a\n4. b\n\n- [x] done\n- [ ] open",
      "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n<ul>\n<li>☑ done</li>\n<li>☐ open</li>\n</ul>\n"
    ),
    (
      "> a\nb\n> > c\n\nd",
      "<blockquote>\n<p>a\nb</p>\n<blockquote>\n<p>c</p>\n</blockquote>\n</blockquote>\n<p>d</p>\n"
    ),
    (
      "```c \nint<a>\n\n  x\n```\n~~~\nopen",
      "<pre><code class=\"language-c\">int&lt;a&gt;\n\n  x\n</code></pre>\n<pre><code>open\n</code></pre>\n"
    ),
    (
      "a|b\n:-|-:\n1|`x\\|y`|3\nz",
      "<div class=\"table\"><table>\n<thead><tr><th class=\"left\">a</th><th class=\"right\">b</th></tr></thead>\n"
        + "<tbody>\n<tr><td class=\"left\">1</td><td class=\"right\"><code>x|y</code></td></tr>\n"
        + "</tbody>\n</table></div>\n<p>z</p>\n"
    ),
    (
      "x[^a] y[^b] z[^none]\n\n[^b]: Two\n[^a]: One\n",
      "<p>x<sup><a href=\"#note-1\">1</a></sup> y<sup><a href=\"#note-2\">2</a></sup> z[^none]</p>\n"
        + "<section class=\"notes\">\n<ol>\n<li id=\"note-1\" value=\"1\">One</li>\n"
        + "<li id=\"note-2\" value=\"2\">Two</li>\n</ol>\n</section>\n"
    ),
    ("a\r\nb\r\n\r\n* * *\r\n", "<p>a\nb</p>\n<hr>\n"),
    (
      "1. a\n   ```\n   x\n\n   y\n   ```\n2. b",
      "<ol>\n<li>a\n<pre><code>x\n\ny\n</code></pre>\n</li>\n<li>b</li>\n</ol>\n"
    ),
    ("", ""),
  ])
  func rendersMarkdown(_ markdown: String, _ html: String) throws {
    let result = HTMLRenderer.render(MarkdownParser.parse(markdown))
    #expect(result == html)
    _ = try BuiltinMarkup(result, isHTML: true)
  }

  /// Random text of everything that means something to the parser: always well-formed, and no text is lost.
  @Test func rendersAnythingWellFormed() throws {
    var random = SeededGenerator(seed: 3)
    let pieces = [
      "*", "**", "***", "_", "~~", "`", "``", "```\n", "[", "]", "(", ")", "![", "](x", "<", ">", "&", "\"", "\\", "\n",
      "\n\n",
      "  ", "- ", "1. ", "# ", "> ", "|", "|-|", "word", "é😀", "http://a.b", "[^1]", "[^1]: ", "\t", "---", "\u{0}",
      "\u{FFFE}",
    ]
    for _ in 0..<1_500 {
      let text = (0..<random.next(30)).map { _ in pieces[random.next(pieces.count)] }.joined()
      let blocks = MarkdownParser.parse(text)
      let html = HTMLRenderer.render(blocks)
      _ = try BuiltinMarkup(HTMLPage.make(title: text, body: html), isHTML: true)
      let metadata = DocumentMetadata.extract(from: text, blocks: blocks)
      for section in metadata["sections"]?.arrayValue ?? [] {
        let (start, end) = (section["startOffset"]?.intValue ?? -1, section["endOffset"]?.intValue ?? -1)
        #expect(0 <= start && start < end && end <= text.utf8.count)
      }
      if text.contains("word"), !text.contains("["), !text.contains("```"), !text.contains("|") {
        #expect(html.contains("word"), "\(text)")
      }
    }
  }

  /// Texts made to be slow: each would take minutes if the parser looked at anything twice.
  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      "[", "![](", "*a ", "_a _b", "`a``", "> ", "- ", "<", "a|b\n-|-\n", "# x\n", "\n", "[^1]", "](", "- a\n\n",
      "[^1]: x\n", "**a*b_c~~", "http://a ",
    ])
  func takesLinearTime(_ piece: String) throws {
    let text = "- a\n" + String(repeating: piece, count: 100_000 / piece.utf8.count)
    let blocks = MarkdownParser.parse(text)
    let html = HTMLRenderer.render(blocks)
    _ = DocumentMetadata.extract(from: text, blocks: blocks)
    #expect(!html.isEmpty)
  }
}
