/// Where an encoder or decoder is: a list that shares its beginning, as a step down is taken far more often than a
/// path is read.
indirect enum JSONCodingPath: Sendable {
  case root
  case member(String, of: JSONCodingPath)
  case element(Int, of: JSONCodingPath)

  var pointer: JSONPointer { JSONPointer(tokens: codingKeys.map(\.stringValue)) }

  var codingKeys: [any CodingKey] {
    var keys: [any CodingKey] = []
    var path = self
    while true {
      switch path {
      case .root: return keys.reversed()
      case .member(let key, let parent):
        keys.append(JSONCodingKey(stringValue: key))
        path = parent
      case .element(let index, let parent):
        keys.append(JSONCodingKey(intValue: index))
        path = parent
      }
    }
  }
}
