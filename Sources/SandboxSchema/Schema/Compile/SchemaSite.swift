import SandboxCore

/// A place in a document: of a schema, or on the way to one.
struct SchemaSite {
  let value: JSONValue
  /// The site around this one, and which part of it this is; nil for the root of a document.
  let parent: Int?
  let token: String
  /// How many schemas are around it.
  var depth: Int
  /// The resource that it belongs to: its base URI and its anchors.
  var resource: Int
  /// What it was compiled to.
  var node: Int?

  struct Key: Hashable {
    let parent: Int
    let token: JSONKey
  }
}
