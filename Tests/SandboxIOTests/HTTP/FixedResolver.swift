import SandboxCore
import SandboxIO
import Synchronization

/// Gives one answer after the other, the last one for ever, and remembers what it was asked.
final class FixedResolver: AddressResolver {
  private let answers: [[String]]
  private let asked = Mutex<[String]>([])

  init(_ answers: [String]...) { self.answers = answers }

  var questions: [String] { asked.withLock { $0 } }

  func addresses(of host: String) async throws(SandboxError) -> [IPAddress] {
    let number = asked.withLock {
      $0.append(host)
      return $0.count - 1
    }
    return answers.isEmpty ? [] : answers[min(number, answers.count - 1)].compactMap { IPAddress($0) }
  }
}

/// Never answers.
struct SilentResolver: AddressResolver {
  let asked = ChangeSignal()

  func addresses(of host: String) async throws(SandboxError) -> [IPAddress] {
    asked.notify()
    do { try await Task.sleep(for: .seconds(3600)) } catch { throw SandboxError.wrap(error) }
    return []
  }
}
