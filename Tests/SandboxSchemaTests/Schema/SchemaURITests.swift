import Testing

@testable import SandboxSchema

@Suite struct SchemaURITests {
  /// RFC 3986, section 5.4, as far as schemas use it.
  @Test(
    arguments: [
      ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
      ("/g", "http://a/g"), ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
      ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
      ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"),
      ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"),
      ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
      ("urn:a:b", "urn:a:b"),
    ])
  func resolves(_ reference: String, _ expected: String) {
    #expect(SchemaURI("http://a/b/c/d;p?q").resolving(reference).text == expected)
  }

  @Test(arguments: [("", "a.json", "a.json"), ("a/b.json", "c.json", "a/c.json"), ("http://x", "y", "http://x/y")])
  func otherBases(_ base: String, _ reference: String, _ expected: String) {
    #expect(SchemaURI(base).resolving(reference).text == expected)
  }
}
