#include "deploy/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace joust::deploy {

// OpenSSL's digest calls fail only without memory or without the algorithm; both leave the context unusable
// and the digest empty, which no caller could act upon.
Digest::Digest() : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

void Digest::Freer::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

void Digest::add(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Digest::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i)
        text += fmt::format("{:02x}", bytes[i]);
    return text;
}

std::string sha256(std::string_view bytes) {
    Digest digest;
    digest.add(bytes);
    return digest.finish();
}

}  // namespace joust::deploy
