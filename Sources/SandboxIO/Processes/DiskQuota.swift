internal import Glibc

/// Looks from time to time how much a child has put into the folders that are its own.
struct DiskQuota: ~Copyable {
  private let folders: [String]
  private let limits: ResourceLimits
  private(set) var nextLook: ContinuousClock.Instant
  private var pause: Duration

  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(1)
  private static let deepest = 64

  /// Nil when nothing is to be watched.
  init?(_ spec: ProcessSpec) {
    limits = spec.confinement.limits
    folders = spec.ownFolders
    guard !folders.isEmpty, limits.diskBytes > 0 || limits.diskFiles > 0 else { return nil }
    pause = Self.firstPause
    nextLook = .now + pause
  }

  /// Takes a look if it is time for one.
  mutating func isExceeded(at now: ContinuousClock.Instant) -> Bool {
    guard now >= nextLook else { return false }
    let start = ContinuousClock.now
    let found = folders.contains { isTooMuch(in: $0) }
    // A large tree must not keep us from the streams for more than a tenth of the time.
    pause = max(min(pause * 2, Self.longestPause), (.now - start) * 10)
    nextLook = .now + pause
    return found
  }

  private struct Sum {
    var bytes = 0
    var files = 0
  }

  private func isTooMuch(in folder: String) -> Bool {
    var sum = Sum()
    let number = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { return false }
    return !add(OwnedDescriptor(number), to: &sum, depth: 0)
  }

  /// False as soon as it is too much.
  private func add(_ folder: consuming OwnedDescriptor, to sum: inout Sum, depth: Int) -> Bool {
    let copy = fcntl(folder.number, F_DUPFD_CLOEXEC, 0)
    guard let entries = fdopendir(copy) else {
      if copy >= 0 { close(copy) }
      return true
    }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name =
        withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } } + [0]
      if name == [0x2e, 0] || name == [0x2e, 0x2e, 0] { continue }
      var status = stat()
      guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      sum.files += 1
      // What it takes on the disk: a file with holes takes less than its size.
      sum.bytes += Int(status.st_blocks) * 512
      if limits.diskFiles > 0, sum.files > limits.diskFiles { return false }
      if limits.diskBytes > 0, sum.bytes > limits.diskBytes { return false }
      guard status.st_mode & S_IFMT == S_IFDIR, depth < Self.deepest else { continue }
      let inner = openat(folder.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      if inner >= 0, !add(OwnedDescriptor(inner), to: &sum, depth: depth + 1) { return false }
    }
    return true
  }
}
