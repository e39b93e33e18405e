/// What a schema demands of an array. Numbers are those of nodes.
struct ArrayRules: Sendable {
  var minimum: Int?
  var maximum: Int?
  var isUnique = false
  var prefix: [Int] = []
  var others: OtherParts?
  var contains: Contains?
  var unevaluated: OtherParts?

  struct Contains: Sendable {
    let schema: Int
    var minimum = 1
    var maximum: Int?
  }
}
