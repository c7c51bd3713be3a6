#pragma once

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.hpp"

namespace joust::test {

/// A TLS server on loopback with a certificate of its own for "joust.test" and 127.0.0.1; answers each
/// request with "ok", a thread for each connection. To "/update" it first asks for new keys, twice, while the
/// request's body of k_upload_bytes is on its way. The answers to "/to-close" and "/cut" end with the
/// connection, the second one without a word of TLS.
class TlsServer {
public:
    explicit TlsServer(std::size_t body_bytes = 2) : body_(body_bytes, 'k') {
        make_certificate();
        listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) std::abort();
        socklen_t length = sizeof name;
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&name), &length);
        port_ = ntohs(name.sin_port);
        ::listen(listener_.get(), 128);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~TlsServer() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        acceptor_.join();
        for (std::thread& thread : connections_)
            thread.join();
        SSL_CTX_free(context_);
        std::filesystem::remove(ca_file_);
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/"; }
    [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
    [[nodiscard]] const std::string& body() const { return body_; }
    [[nodiscard]] int accepted() const { return accepted_; }
    static constexpr std::size_t k_upload_bytes = 8'000'000;

private:
    /// The rest of the upload after `input`; false when it does not come whole.
    static bool take_upload(SSL* session, const std::string& input) {
        for (int i = 0; i < 2; ++i) {
            SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED);
            SSL_do_handshake(session);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the client's socket is full
        }
        std::size_t left = k_upload_bytes - (input.size() - input.find("\r\n\r\n") - 4);
        char buffer[16 * 1024];
        while (left > 0) {
            const int got = SSL_read(session, buffer, sizeof buffer);
            if (got <= 0) return false;
            left -= std::min(left, static_cast<std::size_t>(got));
        }
        return true;
    }

    void make_certificate() {
        EVP_PKEY* const key = EVP_RSA_gen(2048);
        X509* const certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* const name = X509_get_subject_name(certificate);
        const std::string host = "joust.test";
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509V3_CTX extensions;
        X509V3_set_ctx(&extensions, certificate, certificate, nullptr, nullptr, 0);
        X509_EXTENSION* const names =
            X509V3_EXT_conf_nid(nullptr, &extensions, NID_subject_alt_name, "DNS:joust.test,IP:127.0.0.1");
        X509_add_ext(certificate, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(certificate, key, EVP_sha256());
        context_ = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context_, certificate);
        SSL_CTX_use_PrivateKey(context_, key);
        ca_file_ =
            std::filesystem::temp_directory_path() / ("joust-ca-" + std::to_string(::getpid()) + ".pem");
        std::FILE* const file = std::fopen(ca_file_.c_str(), "w");
        PEM_write_X509(file, certificate);
        std::fclose(file);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }

    void accept_all() {
        for (;;) {
            const int raw = ::accept(listener_.get(), nullptr, nullptr);
            if (raw < 0) return;
            ++accepted_;
            connections_.emplace_back([this, raw] { serve(Fd(raw)); });
        }
    }

    void serve(Fd fd) {
        SSL* const session = SSL_new(context_);
        SSL_set_fd(session, fd.get());
        if (SSL_accept(session) == 1) {
            std::string input;
            char buffer[4096];
            int got = 0;
            bool quiet = false;
            while ((got = SSL_read(session, buffer, sizeof buffer)) > 0) {
                input.append(buffer, static_cast<std::size_t>(got));
                if (input.find("\r\n\r\n") == std::string::npos) continue;
                const bool cut = input.find("/cut") != std::string::npos;
                const bool to_close = cut || input.find("/to-close") != std::string::npos;
                const bool last = to_close || input.find("/last") != std::string::npos;
                if (input.find("/update") != std::string::npos && !take_upload(session, input)) break;
                input.clear();
                const std::string answer =
                    "HTTP/1.1 200 OK\r\n" +
                    (to_close ? "" : "Content-Length: " + std::to_string(body_.size()) + "\r\n") + "\r\n" +
                    body_;
                SSL_write(session, answer.data(), static_cast<int>(answer.size()));
                quiet = cut;
                if (last) break;
            }
            if (!quiet) SSL_shutdown(session);
        }
        SSL_free(session);
    }

    std::string body_;
    std::string ca_file_;
    SSL_CTX* context_ = nullptr;
    Fd listener_;
    int port_ = 0;
    std::atomic<int> accepted_{0};
    std::vector<std::thread> connections_;
    std::thread acceptor_;
};

}  // namespace joust::test
