/// A file to be read as one table, or as several when it is a database.
package struct TableSource: Sendable, Hashable {
  /// The absolute path, free of symbolic links.
  package let path: String
  /// What errors call the file, as the user wrote it. Its stem also names the table.
  package let name: String

  package init(path: String, name: String? = nil) {
    self.path = path
    self.name = name ?? path
  }
}
