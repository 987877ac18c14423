using System.Text.Json;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana.Rpc;

public sealed class TransactionErrorTests
{
    [Theory]
    [InlineData("\"BlockhashNotFound\"", "blockhash not found")]
    [InlineData("\"AlreadyProcessed\"", "already processed")]
    [InlineData("""{"InsufficientFundsForRent":{"account_index":2}}""", "insufficient funds for rent (account 2)")]
    [InlineData("""{"DuplicateInstruction":3}""", "duplicate instruction (account 3)")]
    [InlineData("""{"InstructionError":[0,"InsufficientFunds"]}""", "instruction 0: insufficient funds")]
    [InlineData("""{"InstructionError":[3,{"Custom":17}]}""", "instruction 3: custom program error 0x11")]
    [InlineData("""{"InstructionError":[1,{"BorshIoError":"Unknown"}]}""", "instruction 1: borsh io error")]
    public void An_error_reads_as_a_sentence(string json, string text)
    {
        Assert.Equal(text, Read(json).ToString());
    }

    [Theory]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\"drop table\"")]
    [InlineData("""{"InstructionError":[]}""")]
    [InlineData("""{"InstructionError":[0]}""")]
    [InlineData("""{"InstructionError":["x",{}]}""")]
    [InlineData("""{"InstructionError":[0,{"Custom":-1},7,[1,2]],"More":{"a":[]}}""")]
    [InlineData("""{"NeverHeardOf":{"deep":[{"account_index":"x"}]}}""")]
    public void An_error_of_an_unknown_shape_stays_an_error(string json)
    {
        var statuses = JsonSerializer.Deserialize(
            $$$"""{"context":{"slot":9},"value":[{"slot":1,"confirmations":null,"err":{{{json}}}},null]}""",
            RpcJson.Default.ContextReplyIReadOnlyListSignatureStatus);

        Assert.NotNull(statuses.Value[0]!.Err);
        Assert.Equal(2, statuses.Value.Count);
    }

    [Theory]
    [InlineData("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", 17u, "account frozen")]
    [InlineData("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb", 17u, "account frozen")]
    [InlineData("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb", 36u, "memo required")]
    [InlineData("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", 1u, "insufficient funds")]
    [InlineData("11111111111111111111111111111111", 1u, "insufficient lamports")]
    [InlineData("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL", 0u, "the token account's owner does not match")]
    public void A_custom_code_means_what_its_program_says(string program, uint code, string meaning)
    {
        var error = new TransactionError
        {
            Code = TransactionError.InstructionErrorCode,
            InstructionIndex = 3,
            InstructionCode = "Custom",
            CustomCode = code,
            Program = PublicKey.Parse(program),
        };

        Assert.Equal($"instruction 3: custom program error 0x{code:x} ({meaning})", error.ToString());
    }

    [Fact]
    public void A_code_of_an_unknown_program_is_not_given_a_meaning()
    {
        var error = Read("""{"InstructionError":[0,{"Custom":17}]}""") with { Program = SolanaRpcClientTests.Key(9) };

        Assert.Equal("instruction 0: custom program error 0x11", error.ToString());
    }

    private static TransactionError Read(string json) =>
        JsonSerializer.Deserialize(json, RpcJson.Default.TransactionError)!;
}
