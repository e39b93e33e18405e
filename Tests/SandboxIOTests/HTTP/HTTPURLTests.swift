import SandboxCore
import Testing

@Suite("HTTP URLs")
struct HTTPURLTests {
  @Test(
    "one spelling for what can be spelled in many ways",
    arguments: [
      ("http://example.com", "http://example.com/"), ("HTTPS://Example.COM:443/A?B=c#d", "https://example.com/A?B=c"),
      ("http://example.com.:8080/x", "http://example.com:8080/x"), ("http://a:80?q", "http://a/?q"),
      ("http://a/b c|d\"<>^`{}\\é%zz%41[1]", "http://a/b%20c%7Cd%22%3C%3E%5E%60%7B%7D%5C%C3%A9%25zz%41%5B1%5D"),
      ("http://[::1]:81/", "http://[::1]:81/"), ("http://a:/b", "http://a/b"),
      ("http://a_b.c-d/%", "http://a_b.c-d/%25"),
      ("http://xn--bcher-kva.example/?a=1?2", "http://xn--bcher-kva.example/?a=1?2"),
      ("http://a/\r\nX: y", "http://a/%0D%0AX:%20y"),
    ])
  func normal(text: String, expected: String) throws {
    #expect(try HTTPURL(text).description == expected)
    #expect(try HTTPURL(expected).description == expected)
  }

  @Test(
    "what is no URL, or is one that is read in two ways, is refused",
    arguments: [
      "", "http:", "http:/a", "http://", "http:///a", "ftp://a", "file:///etc/passwd", "http+unix://x/", "//a/b", "/a",
      "http://user@a/", "http://user:pw@a/", "http://a:b@c@d/", "http://a@b:80@c", "http://a:0/", "http://a:65536/",
      "http://a:8a/", "http://a:-1/", "http://a b/", "http://a\\b/", "http://a%41/", "http://a\u{0}b/",
      "http://bücher/",
      "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://a..b/", "http://.a/", "http://a../", "http://[::1/",
      "http://[::1]x/", "http://[fe80::1%25lo]/", "http://[v1.x]/", "http://[1.2.3.4]/", "http://a:80:80/", " http://a",
      "http://\(String(repeating: "a", count: 64))/", "http://\(String(repeating: "a.", count: 127))aa/", "http://*/",
      "http://a\tb/", "http://a\r\n/", "http://a:80 /",
    ])
  func refused(text: String) {
    let error = #expect(throws: SandboxError.self) { try HTTPURL(text) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("pw") != true)
  }

  /// The examples of RFC 3986, section 5.4, as far as they lead to http.
  @Test(
    "references",
    arguments: [
      ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
      ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"),
      ("g#s", "http://a/b/c/g"), ("g?y#s", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"),
      ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
      ("../", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"),
      ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
      ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"),
      ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"),
      ("g/../h", "http://a/b/c/h"), ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g?y/./x", "http://a/b/c/g?y/./x"),
      ("g?y/../x", "http://a/b/c/g?y/../x"), ("https://b:8443/x/../y", "https://b:8443/y"), ("//b//c", "http://b//c"),
      ("\\\\evil/x", "http://a/b/c/%5C%5Cevil/x"), ("./a:b", "http://a/b/c/a:b"), ("/a b", "http://a/a%20b"),
      ("?a:b", "http://a/b/c/d;p?a:b"),
    ])
  func reference(text: String, expected: String) throws {
    #expect(try HTTPURL("http://a/b/c/d;p?q").resolving(text).description == expected)
  }

  @Test(
    "references that lead elsewhere than to http",
    arguments: ["file:///etc/passwd", "g:h", "http:g", "ftp://a/", "javascript:alert(1)", "data:,x", "//u@b/", "//"])
  func badReference(text: String) throws {
    let base = try HTTPURL("http://a/b/c")
    #expect(throws: SandboxError.self) { try base.resolving(text) }
  }
}
