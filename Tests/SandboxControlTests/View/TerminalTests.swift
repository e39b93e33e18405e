import Glibc
import SandboxControl
import Testing

@Suite struct TerminalTests {
  /// A pseudo-terminal of a known size.
  @Test func knowsARealTerminalAndItsSize() throws {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(master >= 0)
    defer { close(master) }
    var size = winsize(ws_row: 33, ws_col: 121, ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
    #expect(Terminal.size(of: master) == (121, 33))
    #expect(Terminal.canDraw(on: master, environment: ["TERM": "xterm"]))
    #expect(!Terminal.canDraw(on: master, environment: ["TERM": "dumb"]))
    #expect(!Terminal.canDraw(on: master, environment: [:]))
  }

  @Test func aFileIsNoTerminal() throws {
    let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    #expect(!Terminal.canDraw(on: descriptor, environment: ["TERM": "xterm"]))
    #expect(Terminal.size(of: descriptor) == (0, 0))
    #expect(Terminal.size(of: -1) == (0, 0))
  }
}
