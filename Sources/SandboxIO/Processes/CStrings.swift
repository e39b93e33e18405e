internal import Glibc

/// A list of C strings that ends with a null pointer, as `execve` takes it.
struct CStrings: ~Copyable {
  private let storage: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    storage = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { (storage + index).initialize(to: strdup(string)) }
    (storage + count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { free(storage[index]) }
    storage.deallocate()
  }

  borrowing func withPointer<Value>(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value) -> Value {
    body(UnsafePointer(storage))
  }
}
