import Glibc

/// What the C library says about the last failed call.
package func errnoText(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
