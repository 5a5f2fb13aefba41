// Throw-away certificates for tests: made in the test by OpenSSL, good for an hour.
#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace roger::testing_support {

struct CertificateFiles {
    std::string cert;
    std::string key;
};

struct CertificateOptions {
    std::string name = "localhost";  ///< common name and DNS name
    long seconds = 3'600;            ///< until it ends; negative: it has ended
    std::string passphrase;          ///< of the key file
};

/// Writes DIRECTORY/STEM.pem, self-signed, and DIRECTORY/STEM.key.
inline CertificateFiles make_certificate(const std::string& directory,
                                         const std::string& stem,
                                         const CertificateOptions& options = {}) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> cert(X509_new(), &X509_free);
    X509_set_version(cert.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), -7'200);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), options.seconds);
    X509_set_pubkey(cert.get(), key.get());
    X509_NAME* name = X509_get_subject_name(cert.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(options.name.c_str()),
                               -1, -1, 0);
    X509_set_issuer_name(cert.get(), name);
    X509_EXTENSION* san = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + options.name).c_str());
    X509_add_ext(cert.get(), san, -1);
    X509_EXTENSION_free(san);
    EXPECT_GT(X509_sign(cert.get(), key.get(), EVP_sha256()), 0);

    const CertificateFiles files{directory + "/" + stem + ".pem", directory + "/" + stem + ".key"};
    std::FILE* file = std::fopen(files.cert.c_str(), "w");
    EXPECT_NE(file, nullptr);
    EXPECT_EQ(PEM_write_X509(file, cert.get()), 1);
    std::fclose(file);
    file = std::fopen(files.key.c_str(), "w");
    EXPECT_NE(file, nullptr);
    const EVP_CIPHER* cipher = options.passphrase.empty() ? nullptr : EVP_aes_128_cbc();
    const auto* passphrase = reinterpret_cast<const unsigned char*>(options.passphrase.data());
    EXPECT_EQ(PEM_write_PrivateKey(file, key.get(), cipher, cipher == nullptr ? nullptr : passphrase,
                                   static_cast<int>(options.passphrase.size()), nullptr, nullptr),
              1);
    std::fclose(file);
    return files;
}

}  // namespace roger::testing_support
