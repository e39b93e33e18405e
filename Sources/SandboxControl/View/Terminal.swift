import Glibc

/// What the executable must know about the terminal before it chooses a live view.
package enum Terminal {
  /// Whether a live view can be drawn: the descriptor is a terminal that understands cursor movements.
  package static func canDraw(on descriptor: Int32, environment: [String: String]) -> Bool {
    isatty(descriptor) == 1 && canMoveCursor(environment)
  }

  /// Whether colours are wanted (https://no-color.org: any value but an empty one says no).
  package static func hasColour(_ environment: [String: String]) -> Bool {
    canMoveCursor(environment) && environment["NO_COLOR", default: ""].isEmpty
  }

  static func canMoveCursor(_ environment: [String: String]) -> Bool {
    let kind = environment["TERM", default: ""]
    return !kind.isEmpty && kind != "dumb" && kind != "unknown"
  }

  /// The present size; 0 by 0 when it is not a terminal or does not know.
  package static func size(of descriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return (0, 0) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
