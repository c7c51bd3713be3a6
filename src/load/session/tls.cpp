#include "load/session/tls.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <new>

namespace joust::load {
namespace {

bool is_address(const std::string& name) {
    std::array<unsigned char, sizeof(in6_addr)> ignored;
    return ::inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
           ::inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

std::string reason_text(unsigned long code) {
    const char* const text = ERR_reason_error_string(code);
    return text == nullptr ? "unknown reason" : text;
}

}  // namespace

Result<TlsContext> TlsContext::create(const TlsOptions& options, const Target& target) {
    TlsContext made;
    made.context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!made.context_)
        return fail(ErrorKind::io, "OpenSSL cannot make a context: {}", reason_text(ERR_get_error()));
    SSL_CTX* const context = made.context_.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // idle connections hold no record buffers
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    constexpr std::array<unsigned char, 9> k_alpn{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(context, k_alpn.data(), k_alpn.size());
    made.verify_ = options.verify;
    SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    const bool loaded = options.ca_file.empty()
                            ? SSL_CTX_set_default_verify_paths(context) == 1
                            : SSL_CTX_load_verify_file(context, options.ca_file.c_str()) == 1;
    if (options.verify && !loaded)
        return fail(ErrorKind::bad_input, "cannot read trusted certificates from {}: {}",
                    options.ca_file.empty() ? "the system's store" : options.ca_file,
                    reason_text(ERR_get_error()));
    ERR_clear_error();
    made.name_ =
        options.server_name.empty() ? target.tls_name() : std::string(without_final_dot(options.server_name));
    made.name_is_address_ = is_address(made.name_);
    return made;
}

TlsSession::TlsSession(const TlsContext& context)
    : session_(SSL_new(context.context_.get())),
      incoming_(BIO_new(BIO_s_mem())),
      outgoing_(BIO_new(BIO_s_mem())) {
    if (!session_ || incoming_ == nullptr || outgoing_ == nullptr) {
        BIO_free(incoming_);
        BIO_free(outgoing_);
        session_.reset();
        ERR_clear_error();
        return;
    }
    SSL_set_bio(session_.get(), incoming_, outgoing_);
    SSL_set_connect_state(session_.get());
    if (!context.name_is_address_)  // the macro for this casts constness away in the old style
        SSL_ctrl(session_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(context.name_.c_str()));
    if (!context.verify_) return;
    if (context.name_is_address_) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), context.name_.c_str());
    } else {
        SSL_set1_host(session_.get(), context.name_.c_str());
    }
}

bool TlsSession::lacked_memory() const {
    return !session_ || ERR_GET_REASON(reason_) == ERR_R_MALLOC_FAILURE;
}

bool TlsSession::was_closed() const {
    return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

void TlsSession::put(std::string_view ciphertext) {
    // A buffer in memory takes everything, as long as there is memory.
    if (BIO_write(incoming_, ciphertext.data(), static_cast<int>(ciphertext.size())) !=
        static_cast<int>(ciphertext.size()))
        throw std::bad_alloc();
}

TlsSession::Step TlsSession::step_after(int result) {
    if (result > 0) return Step::done;
    switch (SSL_get_error(session_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return Step::wants_more;
        case SSL_ERROR_ZERO_RETURN:
            return Step::closed;
        default:
            reason_ = ERR_peek_last_error();
            ERR_clear_error();
            return Step::failed;
    }
}

TlsSession::Step TlsSession::handshake() {
    return step_after(SSL_do_handshake(session_.get()));
}

bool TlsSession::write(std::string_view plaintext) {
    // Memory takes everything, so a write is never partial.
    return step_after(SSL_write(session_.get(), plaintext.data(), static_cast<int>(plaintext.size()))) ==
           Step::done;
}

TlsSession::Step TlsSession::read(char* buffer, std::size_t size, std::string_view& plaintext) {
    const int got = SSL_read(session_.get(), buffer, static_cast<int>(size));
    plaintext = std::string_view(buffer, static_cast<std::size_t>(std::max(got, 0)));
    return step_after(got);
}

bool TlsSession::has_more() const {
    return SSL_pending(session_.get()) > 0 || BIO_ctrl_pending(incoming_) > 0;
}

std::string_view TlsSession::take_output() {
    const std::size_t size = BIO_ctrl_pending(outgoing_);
    if (size == 0) return {};
    second_ = !second_;
    std::string& output = outputs_[second_ ? 1 : 0];
    output.resize(size);
    BIO_read(outgoing_, output.data(), static_cast<int>(size));
    return output;
}

std::string TlsSession::error() const {
    const long verdict = SSL_get_verify_result(session_.get());
    if (verdict != X509_V_OK && SSL_get_verify_mode(session_.get()) != SSL_VERIFY_NONE)
        return std::string("certificate not trusted: ") + X509_verify_cert_error_string(verdict);
    return reason_text(reason_);
}

}  // namespace joust::load
