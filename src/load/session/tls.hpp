#pragma once

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "load/options.hpp"

namespace joust::load {

/// What all TLS connections of a run share: trust, names, versions (1.2 and 1.3), ALPN http/1.1. Read only
/// once made.
class TlsContext {
public:
    /// Fails when the trusted certificates cannot be read.
    static Result<TlsContext> create(const TlsOptions& options, const Target& target);

private:
    friend class TlsSession;
    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    std::unique_ptr<SSL_CTX, Free> context_;
    std::string name_;
    bool name_is_address_ = false;
    bool verify_ = true;
};

/// TLS of one connection between bytes in memory: the transport moves them.
class TlsSession {
public:
    /// The client's side, at its beginning.
    explicit TlsSession(const TlsContext& context);

    /// True unless there was no memory for it; then it can only be told so.
    [[nodiscard]] bool is_whole() const { return session_ != nullptr; }
    /// True if it failed for want of memory.
    [[nodiscard]] bool lacked_memory() const;
    /// The server said that nothing more comes. A connection that ends without may have been cut off by
    /// anybody (RFC 9112, 9.8).
    [[nodiscard]] bool was_closed() const;

    /// Bytes that came from the server.
    void put(std::string_view ciphertext);
    enum class Step { wants_more, done, failed, closed };
    /// Goes on with the handshake as far as the bytes that came allow.
    Step handshake();
    /// Encrypts a request; false on failure.
    bool write(std::string_view plaintext);
    /// Decrypts into `buffer`; done: `plaintext` holds a piece in it.
    Step read(char* buffer, std::size_t size, std::string_view& plaintext);
    /// Bytes that came and were not decrypted yet.
    [[nodiscard]] bool has_more() const;
    /// What is to be sent to the server; it stays valid for one more call. Empty when nothing is.
    std::string_view take_output();
    /// Why it failed: OpenSSL's reason, or why the certificate is not trusted.
    [[nodiscard]] std::string error() const;

private:
    struct Free {
        void operator()(SSL* session) const { SSL_free(session); }
    };
    Step step_after(int result);

    std::unique_ptr<SSL, Free> session_;
    BIO* incoming_ = nullptr;  ///< owned by session_
    BIO* outgoing_ = nullptr;  ///< owned by session_
    std::array<std::string, 2> outputs_;
    bool second_ = false;
    unsigned long reason_ = 0;
};

}  // namespace joust::load
