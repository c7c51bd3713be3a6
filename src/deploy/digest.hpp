#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace joust::deploy {

/// SHA-256 of what is added to it.
class Digest {
public:
    Digest();
    void add(std::string_view bytes);
    /// In hexadecimal; once.
    std::string finish();

private:
    struct Freer {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Freer> context_;
};

std::string sha256(std::string_view bytes);

}  // namespace joust::deploy
