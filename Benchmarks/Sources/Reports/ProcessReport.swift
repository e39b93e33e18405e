import Glibc

/// What confined programs cost, with what is asked of it.
enum ProcessReport {
  /// - Parameter ship: the folder with the executables that ship; nil leaves their start-up out.
  static func print(ship: String?) async throws {
    let measure = try await ProcessMeasure()
    defer { measure.cleanUp() }
    Swift.print("level of isolation: \(measure.level)")
    let costs = try await measure.costs()
    Swift.print(
      "/bin/true, median: posix_spawn and wait \(Int(costs.plain)) µs, fully confined \(Int(costs.confined)) µs, "
        + "ratio \(hundredths(costs.confined / costs.plain)) (asked: at most 2)")
    let load = try await measure.load()
    Swift.print("sustained, eight at a time: \(Int(load.perSecond)) a second (asked: 500)")
    for (name, footprint) in [("after a tenth of the time", load.before), ("at the end", load.after)] {
      Swift.print(
        "  \(name): \(footprint.descriptors) descriptors, \(footprint.threads) threads, \(footprint.residentKiB) KiB; "
          + "guard \(footprint.guardKiB) KiB (asked: at most 8192), \(footprint.guardDescriptors) descriptors")
    }
    guard let ship else { return }
    let start = try measure.startUp(in: ship)
    Swift.print(
      "--help, median: \(hundredths(start.guarded)) ms, without the guard \(hundredths(start.alone)) ms "
        + "(asked: at most 5 ms more)")
  }

  private static func hundredths(_ value: Double) -> String {
    let number = Int((value * 100).rounded())
    return "\(number / 100).\(number % 100 < 10 ? "0" : "")\(number % 100)"
  }
}
