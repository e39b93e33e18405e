import SandboxCore

/// A schema with a URI of its own: the root of a document, or a schema in it with an identifier.
struct SchemaResource {
  let uri: SchemaURI
  /// The site of its root.
  let root: Int
  let dialect: SchemaDialect
  /// Sites by name. A dynamic anchor is also a plain one.
  var anchors: [JSONKey: Int] = [:]
  var dynamicAnchors: [JSONKey: Int] = [:]
}
