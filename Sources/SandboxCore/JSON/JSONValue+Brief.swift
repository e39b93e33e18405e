extension JSONValue {
  /// The value as JSON text, cut after 60 characters, for messages. Takes no more time for a large value.
  package var briefText: String {
    var text = ""
    writeBriefly(to: &text)
    return text.unicodeScalars.count > 60 ? "\(String(text.unicodeScalars.prefix(60)))…" : text
  }

  private func writeBriefly(to text: inout String) {
    guard text.utf8.count <= 60 else { return }
    switch self {
    case .string(let string): text += JSONValue.string(String(string.unicodeScalars.prefix(61))).text()
    case .decimal(let literal): text += String(literal.unicodeScalars.prefix(61))
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if text.utf8.count > 60 { break }
        if index > 0 { text += "," }
        element.writeBriefly(to: &text)
      }
      text += "]"
    case .object(let object):
      text += "{"
      for (index, member) in object.enumerated() {
        if text.utf8.count > 60 { break }
        if index > 0 { text += "," }
        JSONValue.string(member.key).writeBriefly(to: &text)
        text += ":"
        member.value.writeBriefly(to: &text)
      }
      text += "}"
    default: text += self.text()
    }
  }
}
