/// Any key of an object, or an index of an array.
struct JSONCodingKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  static let superKey = JSONCodingKey(stringValue: "super")

  init(stringValue: String) {
    self.stringValue = stringValue
    self.intValue = nil
  }

  init(intValue: Int) {
    self.stringValue = String(intValue)
    self.intValue = intValue
  }
}
