import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct APIManifestTests {
  private func spec(_ manifest: JSONValue, _ warnings: [String] = []) throws -> APISpec {
    let catalog = try Manifests.load(manifest, secrets: BrokenToolManifests.secrets)
    #expect(catalog.problems.map(\.pointer) == warnings, "\(catalog.problems)")
    #expect(catalog.problems.allSatisfy { $0.isWarning })
    guard case .api(let spec) = try #require(catalog.manifests.first).kind else {
      throw SandboxError(.internalError, "no API tool")
    }
    return spec
  }

  @Test func everyField() throws {
    let manifest: JSONValue = [
      "id": "items", "name": "Items", "type": "api", "effect": "idempotent",
      "schema": [
        "description": "x",
        "parameters": [
          "type": "object",
          "properties": [
            "id": ["type": "string"], "query": ["type": "string"], "thing": ["type": "string"], "deep": [:],
          ], "required": ["id"],
        ],
      ], "metadata": ["category": "integration"],
      "credentials": ["type": "api-key", "secret": "GOOD", "field": "X-Key", "in": "header"],
      "api": [
        "method": "PUT", "url": "https://API.example.com:443/v1/items/{id}.json?fixed=a%20b+c&empty",
        "query": ["q": "{query}", "n": 5, "all": true], "headers": ["X-Thing": "{thing}", "Accept": "text/x"],
        "body": ["wrap": ["{deep}", "a { not one }", 5, nil]],
        "response": ["format": "json", "pointer": "/data", "maxBytes": 1000],
        "pagination": [
          "type": "cursor", "parameter": "cursor", "pointer": "/next", "maxPages": 3, "maxItems": 50,
        ], "timeoutMs": 1500,
      ],
    ]
    let spec = try spec(manifest)
    let pointers = [try JSONPointer("/data"), try JSONPointer("/next")]
    #expect(
      spec
        == APISpec(
          method: "PUT", url: "https://API.example.com:443/v1/items/{id}.json",
          query: [
            .init("fixed", .literal("a b c")), .init("empty", .literal("")), .init("q", .argument("query")),
            .init("n", .literal("5")), .init("all", .literal("true")),
          ],
          headers: [.init("X-Thing", .argument("thing")), .init("Accept", .literal("text/x"))],
          body: .template(["wrap": ["{deep}", "a { not one }", 5, nil]]),
          credential: Credential(.apiKey(header: "X-Key"), secret: "GOOD"),
          response: .init(format: .json, pointer: pointers[0], maximumBytes: 1000),
          pagination: .init(
            style: .cursor(parameter: "cursor", pointer: pointers[1]), maximumPages: 3, maximumItems: 50),
          timeout: .milliseconds(1500)))
    let catalog = try Manifests.load(manifest, secrets: BrokenToolManifests.secrets)
    let definition = try #require(catalog.manifests.first).definition()
    #expect(definition.hosts == ["https://API.example.com:443/v1/items/{id}.json"])
    #expect(definition.timeout == .milliseconds(1500))
  }

  @Test func defaults() throws {
    #expect(try spec(Manifests.api()).body == .none)
    #expect(try spec(Manifests.api(["method": "HEAD"])).body == .none)
    let post = try spec(Manifests.api(["method": nil, "query": nil]))
    #expect(post.method == "POST")
    #expect(post.body == .json)
    #expect(post.response == .init())
    #expect(post.pagination == nil)
    #expect(post.credential == nil)
    #expect(try spec(Manifests.api(["method": "DELETE", "query": nil, "body": "form"])).body == .form)
    for (value, style) in [
      (["type": "page", "parameter": "p"], .page(parameter: "p", first: 1)),
      (["type": "page", "parameter": "p", "first": 0], .page(parameter: "p", first: 0)),
      (["type": "offset", "parameter": "o"], .offset(parameter: "o")), (["type": "link"], .link),
    ] as [(JSONValue, APISpec.Pagination.Style)] {
      #expect(try spec(Manifests.api(["pagination": value])).pagination == .init(style: style))
    }
  }

  @Test func parametersThatGoNowhereAreNoted() throws {
    _ = try spec(Manifests.api(["query": nil]), ["/api", "/api"])
    _ = try spec(Manifests.api(["query": ["q": "{query}"]]), ["/api"])
    _ = try spec(Manifests.api(["method": "POST", "query": nil, "body": ["a": ["{query}"]]]), ["/api"])
    _ = try spec(Manifests.api(["verb": "GET"]), ["/api/verb"])
  }

  @Test(
    arguments: [
      (["type": "bearer", "secret": "GOOD"], .bearer, []), (["type": "basic", "secret": "GOOD"], .basic, []),
      (["type": "api-key", "secret": "GOOD"], .apiKey(header: "X-API-Key"), []),
      (
        ["type": "api-key", "secret": "GOOD", "field": "Authorization"], .apiKey(header: "Authorization"), []
      ),
      (["type": "api-key", "secret": "GOOD", "in": "query"], .queryKey(parameter: "api_key"), []),
      (["type": "api-key", "secret": "GOOD", "in": "query", "field": "k"], .queryKey(parameter: "k"), []),
      (["type": "api_key", "secret": "GOOD"], .apiKey(header: "X-API-Key"), ["/credentials/type"]),
      (["type": "bearer", "secret": "TOOL_SECRET_GOOD"], .bearer, ["/credentials/secret"]),
      (
        ["type": "bearer", "field": "TOOL_SECRET_GOOD"], .bearer, ["/credentials/field", "/credentials/field"]
      ),
    ] as [(JSONValue, Credential.Kind, [String])])
  func credentials(_ value: JSONValue, _ kind: Credential.Kind, _ warnings: [String]) throws {
    #expect(
      try spec(Manifests.api([:], ["credentials": value]), warnings).credential == Credential(kind, secret: "GOOD"))
  }

  @Test func noCredential() throws {
    #expect(try spec(Manifests.api([:], ["credentials": ["type": "none"]])).credential == nil)
  }

  @Test(arguments: ["http://localhost:8080/x"]) func plainHTTPOnlyToThisMachine(_ url: String) throws {
    let credentials: JSONValue = ["type": "bearer", "secret": "GOOD"]
    #expect(try spec(Manifests.api(["url": .string(url)], ["credentials": credentials])).credential != nil)
    #expect(try spec(Manifests.api(["url": "http://api.example.com/"])).credential == nil)
  }

  @Test(arguments: [
    ("http://127.0.0.1/", true), ("http://127.9.9.9:80/", true), ("http://[::1]/", true), ("http://localhost", true),
    ("http://127.0.0.1.example.com/", false), ("http://127.1/", false), ("http://127.0.0.256/", false),
    ("http://0.0.0.0/", false), ("http://localhost.example.com/", false), ("http://[::ffff:127.0.0.1]/", false),
  ])
  func loopback(_ text: String, _ expected: Bool) throws {
    #expect(try ManifestURL(text).isLoopback == expected)
  }

  @Test func theQueryOfAURLIsLiteralFields() throws {
    let url = try ManifestURL("https://h.example/p/%7B?a=1&b=%C3%A4&c&&d=x=y&e=%ff")
    #expect(url.base == "https://h.example/p/%7B")
    #expect(url.query.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(url.query.map(\.value) == ["1", "ä", "", "x=y", "%ff"])
    #expect(url.placeholders.isEmpty)
  }

  // MARK: - Older shapes

  private func older(_ metadata: JSONObject, _ top: JSONObject = [:]) -> JSONValue {
    var object: JSONObject = ["category": "research", "endpoint": "https://api.example.com/search?v=1"]
    for (key, value) in metadata { object[key] = value.isNull ? nil : value }
    var all: JSONObject = ["api": nil, "metadata": .object(object)]
    for (key, value) in top { all[key] = value }
    return Manifests.api([:], all)
  }

  @Test func anEndpointGetsAllArgumentsAsJSON() throws {
    let expected = APISpec(
      method: "POST", url: "https://api.example.com/search", query: [.init("v", .literal("1"))], body: .json)
    #expect(try spec(older([:]), ["/metadata/endpoint"]) == expected)
    #expect(
      try spec(older(["endpoint": nil], ["endpoint": "https://api.example.com/search?v=1"]), ["/endpoint"]) == expected)
  }

  private static let olderSecrets = SecretStore(
    ["SERP_BEARER", "EXA_API_KEY", "OTHER_TOKEN"].map {
      ToolSecret(name: $0, value: "v", bindings: [.host("api.example.com", port: nil)])
    })

  @Test(
    arguments: [
      (["apiKey": "SERP_BEARER"], .bearer, "SERP_BEARER", "/metadata/apiKey"),
      (["apiKey": "EXA_API_KEY"], .apiKey(header: "X-API-Key"), "EXA_API_KEY", "/metadata/apiKey"),
      (["apiKey": "OTHER_TOKEN"], .raw, "OTHER_TOKEN", "/metadata/apiKey"),
      (["apiKey": true, "apiKeyField": "OTHER_TOKEN"], .raw, "OTHER_TOKEN", "/metadata/apiKeyField"),
      (["apiKeyField": "EXA_API_KEY"], .apiKey(header: "X-API-Key"), "EXA_API_KEY", "/metadata/apiKeyField"),
      (["credentials": ["type": "bearer"], "apiKey": "OTHER_TOKEN"], .bearer, "OTHER_TOKEN", "/metadata/apiKey"),
      (
        ["credentials": ["type": "api-key", "field": "OTHER_TOKEN"]], .apiKey(header: "X-API-Key"), "OTHER_TOKEN",
        "/metadata/credentials/field"
      ),
    ] as [(JSONObject, Credential.Kind, String, String)])
  func theKindIsGuessedFromTheName(
    _ metadata: JSONObject, _ kind: Credential.Kind, _ name: String, _ pointer: String
  ) throws {
    let catalog = try Manifests.load(older(metadata), secrets: Self.olderSecrets)
    guard case .api(let spec) = try #require(catalog.manifests.first, "\(catalog.problems)").kind else { return }
    #expect(spec.credential == Credential(kind, secret: name))
    #expect(catalog.problems.allSatisfy { $0.isWarning })
    #expect(catalog.problems.map(\.pointer).contains(pointer))
  }

  @Test func apiKeyFalseIsNone() throws {
    #expect(try spec(older(["apiKey": false]), ["/metadata/endpoint"]).credential == nil)
  }
}
