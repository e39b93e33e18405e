package import SandboxCore

/// How an API tool's call becomes HTTP requests and their replies its result.
package struct APISpec: Sendable, Hashable {
  package var method: String
  /// An absolute URL of http or https. `{name}` in its path is replaced by that argument, percent-encoded; host, port
  /// and scheme are fixed.
  package var url: String
  /// Query parameters in order.
  package var query: [Field]
  package var headers: [Field]
  package var body: Body
  package var credential: Credential?
  package var response: Response
  package var pagination: Pagination?
  package var timeout: Duration?

  package struct Field: Sendable, Hashable {
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  package enum Value: Sendable, Hashable {
    case literal(String)
    /// An argument: a text as it is, anything else as compact JSON; a list repeats the field. Left out when the
    /// argument is missing or null.
    case argument(String)
  }

  package enum Body: Sendable, Hashable {
    case none
    /// The arguments that path, query and headers do not use, as one JSON object.
    case json
    /// The same as `application/x-www-form-urlencoded`.
    case form
    /// JSON in which each text that is exactly `{name}` is replaced by that argument; a member or element whose
    /// argument is missing is left out.
    case template(JSONValue)
  }

  package struct Response: Sendable, Hashable {
    package enum Format: String, Sendable, Hashable, CaseIterable {
      /// JSON when the reply says that it is, else text.
      case auto
      case json, text
    }

    package var format: Format
    /// The part of a JSON reply that is the result.
    package var pointer: JSONPointer?
    package var maximumBytes: Int

    package init(format: Format = .auto, pointer: JSONPointer? = nil, maximumBytes: Int = 4 << 20) {
      self.format = format
      self.pointer = pointer
      self.maximumBytes = maximumBytes
    }
  }

  /// How further pages are asked for. The pages' lists are joined.
  package struct Pagination: Sendable, Hashable {
    package enum Style: Sendable, Hashable {
      /// The next request has the value found at `pointer` in this query parameter; ends when it is missing or null.
      case cursor(parameter: String, pointer: JSONPointer)
      /// A page number in this query parameter, counted from `first`; ends with an empty page.
      case page(parameter: String, first: Int)
      /// An offset in this query parameter, raised by the number of elements received; ends with an empty page.
      case offset(parameter: String)
      /// The URL of `Link: <…>; rel="next"` (RFC 8288); only on the same host.
      case link
    }

    package var style: Style
    package var maximumPages: Int
    /// Elements in all; what is more is cut off.
    package var maximumItems: Int

    package init(style: Style, maximumPages: Int = 10, maximumItems: Int = 10_000) {
      self.style = style
      self.maximumPages = maximumPages
      self.maximumItems = maximumItems
    }
  }

  package init(
    method: String = "POST", url: String, query: [Field] = [], headers: [Field] = [], body: Body = .json,
    credential: Credential? = nil, response: Response = Response(), pagination: Pagination? = nil,
    timeout: Duration? = nil
  ) {
    self.method = method
    self.url = url
    self.query = query
    self.headers = headers
    self.body = body
    self.credential = credential
    self.response = response
    self.pagination = pagination
    self.timeout = timeout
  }
}
