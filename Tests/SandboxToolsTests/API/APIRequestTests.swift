import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct APIRequestTests {
  private func request(_ spec: APISpec, _ arguments: JSONObject) throws -> HTTPRequest {
    try APIRequestBuilder(spec: spec, arguments: arguments).request()
  }

  @Test func everyArgumentGoesToOnePlace() throws {
    let spec = APISpec(
      method: "PUT", url: "https://api.example.com/v1/items/{id}",
      query: [.init("q", .argument("query")), .init("fixed", .literal("a b"))],
      headers: [.init("X-Trace", .argument("trace"))])
    let request = try request(
      spec, ["id": "a/b?c", "query": "ä&=", "trace": "t1", "count": 3, "list": [1, "x"], "none": nil])
    #expect(request.method == "PUT")
    #expect(request.url == "https://api.example.com/v1/items/a%2Fb%3Fc?q=%C3%A4%26%3D&fixed=a%20b")
    #expect(request.headers == [HTTPHeader("X-Trace", "t1"), HTTPHeader("Content-Type", "application/json")])
    #expect(String(decoding: request.body, as: UTF8.self) == #"{"count":3,"list":[1,"x"],"none":null}"#)
  }

  @Test func listsRepeatAFieldAndMissingOnesLeaveItOut() throws {
    let spec = APISpec(
      method: "GET", url: "https://h/p?x=1",
      query: [.init("t", .argument("tags")), .init("n", .argument("missing")), .init("b", .argument("flag"))],
      body: .none)
    let request = try request(spec, ["tags": ["a", "b"], "flag": true])
    #expect(request.url == "https://h/p?x=1&t=a&t=b&b=true")
    #expect(request.body.isEmpty)
    #expect(request.headers.isEmpty)
  }

  @Test func formsAndTemplates() throws {
    let form = try request(
      APISpec(url: "https://h/", body: .form), ["a": "1 2", "b": ["x", "y"], "c": ["d": 1], "e": nil])
    #expect(String(decoding: form.body, as: UTF8.self) == "a=1%202&b=x&b=y&c=%7B%22d%22%3A1%7D")
    #expect(form.headers == [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")])
    let template: JSONValue = [
      "model": "fixed", "input": ["text": "{text}", "options": ["{a}", "{missing}"]], "n": "{missing}", "brace": "{}",
      "part": "x{text}",
    ]
    let filled = try request(
      APISpec(url: "https://h/", body: .template(template)), ["text": #"say "{a}""#, "a": ["deep": 1]])
    #expect(
      String(decoding: filled.body, as: UTF8.self)
        == #"{"model":"fixed","input":{"text":"say \"{a}\"","options":[{"deep":1}]},"brace":"{}","part":"x{text}"}"#)
  }

  @Test(arguments: ["", ".", ".."]) func anAddressCannotBeBent(_ value: String) {
    let error = #expect(throws: SandboxError.self) {
      try request(APISpec(url: "https://h/a/{id}/b"), ["id": .string(value)])
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("\"id\"") == true)
  }

  @Test func aHeaderCannotBeSplit() {
    let spec = APISpec(url: "https://h/", headers: [.init("X-A", .argument("a"))])
    let error = #expect(throws: SandboxError.self) { try request(spec, ["a": "x\r\nAuthorization: y"]) }
    #expect(error?.code == .invalidArgument)
  }

  @Test(
    arguments: [
      (#"<https://h/2>; rel="next""#, "https://h/2"),
      (#"<https://h/1>; rel="prev", <https://h/3?a=1,2>; rel="next last""#, "https://h/3?a=1,2"),
      ("<https://h/2>; title=\"next\"", nil), ("<https://h/2>;rel=next", "https://h/2"), ("", nil), ("<", nil),
      ("<https://h/9>; REL=\"Next\"", "https://h/9"),
    ] as [(String, String?)])
  func links(_ header: String, _ expected: String?) { #expect(LinkHeader.next(header) == expected) }
}
