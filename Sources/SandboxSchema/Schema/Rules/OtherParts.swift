/// What a schema demands of the elements or properties that no other of its keywords describes.
struct OtherParts: Sendable {
  let keyword: String
  let demand: Demand

  enum Demand: Sendable {
    case anything
    case nothing
    case schema(Int)
  }
}
