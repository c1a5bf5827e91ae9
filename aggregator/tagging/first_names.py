"""First names that are common among people who work in Sweden, to recognise a contact person by.

Deliberately short: a name that stands beside a telephone number, an e-mail address or a phrase such as "kontakta"
is recognised by its place, whatever it is. The list is for names that stand alone. Names that are just as often
something else at the start of a sentence (Du, My, Love, Vi, Mark) are left out.
"""

from __future__ import annotations

from functools import lru_cache

_NAMES = """
Adam Adnan Agneta Ahmad Ahmed Aino Albert Albin Alejandro Aleksander Aleksandra Alex Alexander Alexandra Alfred Ali
Alice Alicia Alina Alma Alva Alvin Amalia Amanda Amelia Amina Amir Amira Ana Anders Andrea Andreas Andrew Andrzej
Anette Angelica Anita Anja Ann Anna Anne Anneli Annelie Annica Annie Annika Anton Antonia Antonio Aram Arne Aron Artur
Arvid Asta Astrid August Axel Barbro Beata Beatrice Bengt Benjamin Berit Bernt Bertil Bianca Birger Birgit Birgitta
Bjarne Björn Bo Boel Bosse Britt Britta Bror Bruno Camilla Carin Carina Carl Carlos Carola Carolin Carolina Caroline
Casper Catarina Catharina Cecilia Charlie Charlotta Charlotte Chris Christel Christer Christian Christina Christine
Christoffer Christopher Claes Clara Claudia Conny Cornelia Cristina Dag Dagmar Dan Daniel Daniela Danijel Danne David
Dennis Diana Dragan Ebba Edit Edith Edvin Edward Egon Eila Einar Elena Eleonora Eli Elias Elif Elin Elina Elisabet
Elisabeth Elise Elizabeth Ella Ellen Ellinor Elsa Elsie Elvira Emanuel Emelie Emil Emilia Emily Emir Emma Emmy Eric
Erica Erik Erika Erland Ernst Esbjörn Ester Eva Evelina Ewa Fabian Fadi Fanny Farah Fatima Felicia Felix Filip Filippa
Folke Frank Fredric Fredrik Frida Fritz Gabriel Gabriella Georg George Gerd Gerhard Germund Gertrud Gisela Greger
Greta Gudrun Gun Gunilla Gunnar Gunnel Gustaf Gustav Göran Gösta Göte Hampus Hanna Hannah Hanne Hannes Hans Harald
Harriet Hasan Hassan Hasse Hedda Hedvig Heidi Helen Helena Helene Helga Helge Henning Henric Henrik Henry Herman Hilda
Hilma Holger Hugo Hussein Håkan Ibrahim Ida Igor Inga Inge Ingegerd Ingela Ingemar Inger Ingmar Ingrid Ingvar Irene
Irina Iris Isa Isabel Isabell Isabella Isabelle Isac Isak Ismail Ivan Ivar Iwona Jacob Jakob James Jamila Jan Jana
Jane Janne Jannike Jasmin Jasmine Jason Jean Jeanette Jennie Jennifer Jenny Jens Jerker Jerry Jesper Jessica Jimmy
Joachim Joacim Joakim Joanna Joel Johan Johanna Johannes John Johnny Jon Jonas Jonathan Jonna Jonny Josef Josefin
Josefina Josefine Joseph Josephine Julia Julian Juliana Julius Justyna Jörgen Kaisa Kaj Kajsa Kalle Karim Karin Karina
Karl Karolina Karoline Katarina Katarzyna Kate Katharina Katja Katrin Kenneth Kent Kerstin Kevin Khaled Kicki Kim
Kjell Klara Klas Knut Konrad Krister Kristian Kristin Kristina Kristine Kristofer Kristoffer Krzysztof Kurt Lage Laila
Lars Lasse Laura Leif Leila Lena Lennart Leo Leon Leonard Liam Lilian Lilly Lina Linda Linn Linnea Linnéa Linus Lisa
Lisbet Lisbeth Lise Liselott Liselotte Liv Lotta Louis Louise Lova Lovis Lovisa Lucas Lucia Ludvig Lukas Luna Lydia
Maciej Madeleine Madelene Magda Magdalena Magnus Mahmoud Mai Maj Maja Malena Malin Malte Manuel Marcel Marcus
Margareta Margareth Margaretha Margit Maria Mariam Marian Mariana Marianne Marie Marika Marina Mario Marit Marita
Marko Markus Marlene Marta Martha Martin Martina Mary Maryam Mathias Mathilda Matilda Mats Matteo Mattias Matts Max
Maximilian Maya Mehmet Melissa Melker Merit Mia Micael Michael Michaela Michal Michelle Miguel Mikael Mikaela Mike
Milan Milla Mina Miranda Mirjam Moa Mohamad Mohamed Mohammad Mohammed Mona Monica Monika Morgan Muhammad Mustafa Märta
Måns Mårten Nadia Nadja Naima Nancy Natalia Natalie Nathalie Nellie Nelly Nicklas Niclas Nicole Niklas Nikola Nils
Nina Noah Noel Noor Nour Ola Olav Olga Oliver Olivia Olle Olof Olov Omar Orvar Oscar Oskar Osman Otto Ove Paul Paula
Paulina Pauline Peder Pelle Per Pernilla Peter Petra Petter Philip Pia Pierre Piotr Pontus Pär Rachel Rafael Ragnar
Ragnhild Rania Rasmus Rebecca Rebecka Regina Reidar Richard Rickard Rikard Rita Robert Roberto Robin Roger Roland Rolf
Ronja Ronny Rosa Rose Roy Runar Rune Ruth Sabina Sabrina Saga Sahar Said Salma Sam Samira Samuel Sandra Sanna Sara
Sarah Sebastian Selma Signe Sigrid Sigurd Sigvard Simon Simona Siri Siv Sixten Sofia Sofie Sonia Sonja Sophia Sophie
Staffan Stefan Stefania Stella Sten Steve Stig Stina Sture Susann Susanna Susanne Svante Sven Svetlana Sylvia Sören
Tage Tanja Tariq Tatiana Teodor Teresa Terese Thea Theo Theodor Theres Therese Thomas Thor Thorbjörn Tim Tina Tobias
Toivo Tom Tomas Tomasz Tommy Tone Tony Tor Torbjörn Tord Tore Torgny Torsten Torvald Tova Tove Ture Tuula Tuva Tyra
Uffe Ulf Ulla Ulrica Ulrik Urban Ursula Vadim Valdemar Valentina Valter Vanessa Vera Verner Veronica Veronika Victor
Victoria Viggo Viktor Viktoria Vilgot Vilhelm Vilma Vincent Viola Virpi Vivianne Vladimir Walter Wilhelm William Wilma
Yasmin Yasmine Ylva Yngve Yonas Yusuf Yvonne Zahra Zandra Zeinab Zlatan Zoran Åke Åsa Åse Örjan Östen
"""


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """The names, written as in running text."""
    return frozenset(_NAMES.split())
