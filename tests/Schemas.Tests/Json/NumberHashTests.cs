using System.Globalization;
using System.Text;
using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Tests.Json;

public sealed class NumberHashTests
{
    [Theory]
    [InlineData("0", "-0", "0.0", "0e5", "-0.000E-7")]
    [InlineData("100", "1e2", "100.00", "0.1e3", "1000e-1", "1E+2", "10.0e1")]
    [InlineData("0.0012", "12e-4", "1.2e-3", "0.00120")]
    [InlineData("-105", "-10.5e1", "-1050e-1", "-0.105E3")]
    [InlineData("1e1000000000", "10e999999999", "0.1e1000000001")]
    public void All_spellings_of_a_number_have_one_hash(params string[] spellings) =>
        Assert.Single(spellings.Select(HashOf).Distinct());

    [Fact]
    public void Numbers_no_double_tells_apart_have_hashes_of_their_own()
    {
        // As doubles these are a few hundred values and infinity: a set of them took the square of their number.
        IEnumerable<string> powers = Enumerable.Range(0, 20_000).Select(i => "1e" + i.ToString(CultureInfo.InvariantCulture));
        IEnumerable<string> longOnes = Enumerable.Range(0, 20_000).Select(i => new string('7', 195) + i.ToString("D5", CultureInfo.InvariantCulture));
        Assert.True(powers.Select(HashOf).Distinct().Count() > 19_900);
        Assert.True(longOnes.Select(HashOf).Distinct().Count() > 19_900);
    }

    [Fact]
    public void Equal_numbers_have_equal_hashes_however_they_are_made()
    {
        var random = new Random(3);
        for (int i = 0; i < 10_000; i++)
        {
            string digits = random.NextInt64(1, 1_000_000).ToString(CultureInfo.InvariantCulture);
            int point = random.Next(1, digits.Length + 1), exponent = random.Next(-30, 30);
            string plain = string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}");
            string fraction = digits[point..] + new string('0', random.Next(3));
            string other = string.Create(
                CultureInfo.InvariantCulture, $"{digits[..point]}{(fraction.Length > 0 ? "." + fraction : "")}E{exponent + digits.Length - point}");
            Assert.Equal(JsonDecimal.Parse(Encoding.ASCII.GetBytes(plain)), JsonDecimal.Parse(Encoding.ASCII.GetBytes(other)));
            Assert.Equal(HashOf(plain), HashOf(other));
        }
    }

    private static int HashOf(string number) => NumberHash.Of(Encoding.ASCII.GetBytes(number));
}
