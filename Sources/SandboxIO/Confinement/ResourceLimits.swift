/// How much a child and everything below it may use. 0 is no limit.
package struct ResourceLimits: Sendable, Hashable {
  /// Of each process. SIGXCPU comes at this time, SIGKILL two seconds later.
  package var cpuSeconds: Int
  /// Of each file that is written. SIGXFSZ comes at this size.
  package var fileBytes: Int
  /// Open at the same time in each process.
  package var openFiles: Int
  /// Alive at the same time.
  package var processes: Int
  /// Of all processes together.
  package var memoryBytes: Int
  /// Of each process. Off by default: some programs, as Java, reserve much more than they use.
  package var addressSpaceBytes: Int
  /// What may be in the folder of the call.
  package var diskBytes: Int
  package var diskFiles: Int

  package static let unlimited = ResourceLimits(
    cpuSeconds: 0, fileBytes: 0, openFiles: 0, processes: 0, memoryBytes: 0, addressSpaceBytes: 0, diskBytes: 0,
    diskFiles: 0)

  /// What tools get unless their manifest says otherwise.
  package static let `default` = ResourceLimits()

  package init(
    cpuSeconds: Int = 60, fileBytes: Int = 256 << 20, openFiles: Int = 256, processes: Int = 64,
    memoryBytes: Int = 2 << 30, addressSpaceBytes: Int = 0, diskBytes: Int = 1 << 30, diskFiles: Int = 20_000
  ) {
    self.cpuSeconds = cpuSeconds
    self.fileBytes = fileBytes
    self.openFiles = openFiles
    self.processes = processes
    self.memoryBytes = memoryBytes
    self.addressSpaceBytes = addressSpaceBytes
    self.diskBytes = diskBytes
    self.diskFiles = diskFiles
  }
}
