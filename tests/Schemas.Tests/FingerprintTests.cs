using System.Text;
using Gateway.Schemas.Fingerprints;

namespace Gateway.Schemas.Tests;

public class FingerprintTests
{
    [Theory]
    // RFC 1321, appendix A.5.
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a", "0cc175b9c0f1b6a831c399e269772661")]
    [InlineData("abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void Md5_gives_the_rfc_vectors(string text, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(Md5.Hash(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Md5_is_the_same_however_the_input_is_cut()
    {
        var random = new Random(7);
        for (var length = 0; length < 200; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var pieces = new Md5();
            for (var at = 0; at < length;)
            {
                var size = Math.Min(random.Next(1, 70), length - at);
                pieces.Append(bytes.AsSpan(at, size));
                at += size;
            }
            Assert.Equal(Md5.Hash(bytes), pieces.Finish());
        }
    }

    [Theory]
    // FIPS 180-4's examples of one and two blocks, and the lengths on both sides of where the padding needs another block.
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Sha256_gives_the_standards_vectors(string text, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(Sha256.Hash(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Sha256_is_the_frameworks_at_every_length()
    {
        var bytes = new byte[200];
        new Random(7).NextBytes(bytes);
        for (var length = 0; length <= bytes.Length; length++)
            Assert.Equal(System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(0, length)), Sha256.Hash(bytes.AsSpan(0, length)));
    }

    [Theory]
    // The specification's examples of parsing canonical forms, with the fingerprints its reference test lists.
    [InlineData("\"null\"", "63dd24e7cc258f8a")]
    [InlineData("\"int\"", "7275d51a3f395c8f")]
    [InlineData("\"string\"", "8f014872634503c7")]
    [InlineData("\"boolean\"", "9f42fc78a4d4f764")]
    public void Crc64_gives_the_avro_vectors(string text, string fingerprint) =>
        Assert.Equal(fingerprint, SchemaFingerprint.Crc64(Parsed.Schema(text)).ToString("x16", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Crc64_of_nothing_is_its_polynomial() => Assert.Equal(0xC15D213AA4D7A795, AvroCrc64.Hash([]));
}
