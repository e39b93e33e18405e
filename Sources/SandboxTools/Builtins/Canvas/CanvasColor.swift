/// A colour as JSON Canvas has it: one of six, or `#rrggbb`.
struct CanvasColor: Hashable {
  /// As it was given, in lower case.
  let name: String
  let hex: String

  private static let presets = [
    "1": "#d9363e", "2": "#d9730d", "3": "#b8860b", "4": "#2e8b57", "5": "#1f8a9e", "6": "#7c4dbe",
  ]

  init?(_ text: String) {
    let name = text.lowercased()
    if let preset = Self.presets[name] {
      hex = preset
    } else if name.utf8.count == 7, name.utf8.first == UInt8(ascii: "#"), name.utf8.dropFirst().allSatisfy(Self.isHex) {
      hex = name
    } else {
      return nil
    }
    self.name = name
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
