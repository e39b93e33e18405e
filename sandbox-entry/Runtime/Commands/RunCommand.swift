import ArgumentParser
import Glibc
import SandboxCore

struct RunCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a session (the default).")

  @OptionGroup var options: SessionOptions

  func execute(_ process: ProcessContext) async -> Int32 {
    let isByHand = options.request != nil
    let purpose: ConfigurationLoader.Purpose = isByHand ? .interactive(generatedID: Self.generatedID()) : .supervised
    return await SessionLaunch(process: process, purpose: purpose, options: options.variables).run()
  }

  /// As a supervisor starts it: the environment says everything.
  static func supervised(_ process: ProcessContext) async -> Int32 {
    await SessionLaunch(process: process, purpose: .supervised, options: [:]).run()
  }

  /// `20261121-140509-3f9a`: sorts by time and does not clash.
  private static func generatedID() -> String {
    let stamp = Timestamp.iso8601(milliseconds: TimeSource.system.wallMilliseconds())
    let digits = stamp.prefix(19).filter(\.isNumber)
    let suffix = String(UInt16.random(in: 0x1000...UInt16.max), radix: 16)
    return "\(digits.prefix(8))-\(digits.suffix(6))-\(suffix)"
  }
}
